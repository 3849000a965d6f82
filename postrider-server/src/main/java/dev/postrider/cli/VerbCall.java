package dev.postrider.cli;

import dev.postrider.config.ConfigException;
import dev.postrider.io.DirectoryLock;
import dev.postrider.migrate.ForeignFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a command of ours is called whose first word says what to do: it tells its usage, what is
 * wrong with a call, and what went wrong, each with the exit code of sysexits(3). Immutable.
 *
 * @param name such as {@code postrider spool}
 * @param usage told on request, and after what is wrong with a call
 */
record VerbCall(String name, String usage) {
  private static final int EX_NOINPUT = 66;
  private static final int EX_IOERR = 74;
  private static final int EX_TEMPFAIL = 75;
  private static final int EX_NOPERM = 77;
  private static final int EX_CONFIG = 78;

  private static final Set<String> HELP = Set.of("help", "--help", "-h");

  /** What the command does. */
  @FunctionalInterface
  interface Body {
    /**
     * Does it.
     *
     * @param verb the first word
     * @param rest what follows it
     * @return the exit code
     */
    int run(Invocation call, String verb, List<String> rest)
        throws IOException, ConfigException, InterruptedException, VerbArguments.Mistake;
  }

  /**
   * Runs it.
   *
   * @param verbs what to answer to a call without any word
   * @return the exit code
   */
  int run(Invocation given, String verbs, Body body) throws InterruptedException {
    Invocation call = given.as(name, given.arguments());
    List<String> words = call.arguments();
    if (words.stream().anyMatch(HELP::contains)) {
      call.out().print(usage);
      return 0;
    }
    try {
      if (words.isEmpty()) {
        throw new VerbArguments.Mistake(verbs);
      }
      return body.run(call, words.getFirst(), words.subList(1, words.size()));
    } catch (VerbArguments.Mistake e) {
      return call.misused(String.valueOf(e.getMessage()), usage);
    } catch (ConfigException e) {
      call.fatal(String.valueOf(e.getMessage()));
      return EX_CONFIG;
    } catch (DirectoryIteratorException | UncheckedIOException e) {
      return failed(
          call,
          e.getCause() instanceof IOException cause ? cause : new IOException(e.getMessage(), e));
    } catch (IOException e) {
      return failed(call, e);
    }
  }

  private static int failed(Invocation call, IOException e) {
    return switch (e) {
      case DirectoryLock.HeldException _ -> told(call, e, EX_TEMPFAIL);
      case ForeignFileException _ -> told(call, e, EX_NOINPUT);
      case AccessDeniedException _ -> {
        call.fatal(e.getMessage() + ": permission denied (ask as root or the file's owner)");
        yield EX_NOPERM;
      }
      case NoSuchFileException _ -> {
        call.fatal(e.getMessage() + " is not there");
        yield EX_NOINPUT;
      }
      default -> told(call, e, EX_IOERR);
    };
  }

  private static int told(Invocation call, IOException e, int code) {
    call.fatal(Optional.ofNullable(e.getMessage()).orElseGet(e::toString));
    return code;
  }
}

package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.io.DirectoryLock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code postrider spool}: looks after the files of the queue. */
public final class SpoolCommand implements Command {
  private static final int EX_USAGE = 64;
  private static final int EX_NOINPUT = 66;
  private static final int EX_IOERR = 74;
  private static final int EX_TEMPFAIL = 75;
  private static final int EX_NOPERM = 77;
  private static final int EX_CONFIG = 78;

  static final String USAGE =
      """
      usage: postrider spool check [-c DIR] [-v]
             postrider spool export [-c DIR] TO [ID ... | ALL]
             postrider spool import [-c DIR] [--incomplete] [--perhaps-delivered] DIR | FILE.json ...
             postrider spool salvage [-c DIR] [--to TO]

        check    reads every record and body file of the spool with its checksums, and says what is
                 alive, dead, damaged, missing and set aside; changes nothing, and a daemon may run
          -v     each segment, also the sound ones
        export   writes messages of the queue, all if none is named, into the directory TO: ID.eml
                 (the content) and ID.json (all else); changes nothing, and a daemon may run
        import   takes such messages into the queue while no daemon runs; who is marked as done is
                 not served again; a file that was imported is renamed to ID.json.imported
          --incomplete, --perhaps-delivered
                 also those that salvage has marked so
        salvage  looks for messages in what is damaged or set aside, and says what can be saved;
                 with --to it writes that as export does; changes nothing in the spool

      Exit code 0: sound, or all done; 1: damage was found, or not all was done.
      """;

  private static final Set<String> HELP = Set.of("help", "--help", "-h");

  private final InstantSource clock;
  private final SpoolImport.StoppedSpool stopped;
  private final Postlog.LogOpener opener;

  /**
   * Says what it works with.
   *
   * @param stopped opens the spool of a queue without daemon
   * @param opener of the mail log
   */
  public SpoolCommand(
      InstantSource clock, SpoolImport.StoppedSpool stopped, Postlog.LogOpener opener) {
    this.clock = clock;
    this.stopped = stopped;
    this.opener = opener;
  }

  @Override
  public int run(Invocation given) throws InterruptedException {
    Invocation call = given.as("postrider spool", given.arguments());
    List<String> words = call.arguments();
    if (words.stream().anyMatch(HELP::contains)) {
      call.out().print(USAGE);
      return 0;
    }
    if (words.isEmpty()) {
      return usage(call, "say what: check, export, import or salvage");
    }
    SpoolVerb verb =
        switch (words.getFirst()) {
          case "check" -> new SpoolChecking(clock);
          case "export" -> new SpoolExport();
          case "import" -> new SpoolImport(stopped, opener);
          case "salvage" -> new SpoolSalvage();
          default -> null;
        };
    if (verb == null) {
      return usage(call, "\"" + words.getFirst() + "\": use check, export, import or salvage");
    }
    try {
      Set<String> values = new HashSet<>(verb.values());
      values.add("-c");
      return run(
          call, verb, SpoolArguments.parse(words.subList(1, words.size()), verb.flags(), values));
    } catch (SpoolArguments.Mistake e) {
      return usage(call, String.valueOf(e.getMessage()));
    }
  }

  private static int run(Invocation call, SpoolVerb verb, SpoolArguments arguments)
      throws InterruptedException, SpoolArguments.Mistake {
    try {
      Config config = Config.load(ConfigDirectory.of(call, arguments.value("-c")));
      Path spool = Path.of(config.text("queue_directory"), "spool");
      if (!(verb instanceof SpoolImport) && !Files.exists(spool)) {
        call.fatal(spool + ": there is no spool (or you may not see it: ask as root or its owner)");
        return EX_NOINPUT;
      }
      return verb.run(call, config, arguments);
    } catch (ConfigException e) {
      call.fatal(String.valueOf(e.getMessage()));
      return EX_CONFIG;
    } catch (DirectoryLock.HeldException e) {
      call.fatal(String.valueOf(e.getMessage()));
      return EX_TEMPFAIL;
    } catch (UncheckedIOException e) {
      IOException cause = e.getCause();
      return failed(call, cause == null ? new IOException(e.getMessage(), e) : cause);
    } catch (IOException e) {
      return failed(call, e);
    }
  }

  private static int failed(Invocation call, IOException e) {
    if (e instanceof AccessDeniedException) {
      call.fatal(e.getMessage() + ": permission denied (ask as root or the spool's owner)");
      return EX_NOPERM;
    }
    if (e instanceof NoSuchFileException) {
      call.fatal(e.getMessage() + " is not there");
      return EX_NOINPUT;
    }
    call.fatal(Optional.ofNullable(e.getMessage()).orElseGet(e::toString));
    return EX_IOERR;
  }

  private static int usage(Invocation call, String mistake) {
    call.err().println("postrider spool: " + Invocation.printable(mistake));
    call.err().print(USAGE);
    return EX_USAGE;
  }
}

package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.spool.SpoolCheck;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/** {@code postrider spool check}: reads the whole spool and says whether it is sound. */
public final class SpoolCommand implements Command {
  private static final int DAMAGED = 1;
  private static final int EX_USAGE = 64;
  private static final int EX_NOINPUT = 66;
  private static final int EX_IOERR = 74;
  private static final int EX_NOPERM = 77;
  private static final int EX_CONFIG = 78;

  /** A person sees progress that often. */
  private static final long PROGRESS_NANOS = 1_000_000_000L;

  static final String USAGE =
      """
      usage: postrider spool check [-c DIR] [-v]

        check   reads every record and body file of the spool with its checksums, and says what is
                alive, dead, damaged, missing and set aside; changes nothing, and a daemon may run
          -v    each segment, also the sound ones

      Exit code 0: sound; 1: damage was found, now or by an earlier start.
      """;

  private final InstantSource clock;

  public SpoolCommand(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public int run(Invocation call) {
    List<String> rest = new ArrayList<>(call.arguments());
    String what = rest.isEmpty() ? "" : rest.removeFirst();
    if (List.of("help", "--help", "-h").contains(what)) {
      call.out().print(USAGE);
      return 0;
    }
    if (!what.equals("check")) {
      return usage(call, what.isEmpty() ? "say what: check" : "\"" + what + "\": use check");
    }
    Optional<String> directory = Optional.empty();
    boolean verbose = false;
    while (!rest.isEmpty()) {
      String option = rest.removeFirst();
      switch (option) {
        case "-v" -> verbose = true;
        case "-c" -> {
          if (rest.isEmpty()) {
            return usage(call, "-c needs a value");
          }
          directory = Optional.of(rest.removeFirst());
        }
        case "-h", "--help" -> {
          call.out().print(USAGE);
          return 0;
        }
        default -> {
          return usage(call, option + ": there is no such option");
        }
      }
    }
    return check(call.as("postrider spool", call.arguments()), directory, verbose);
  }

  private int check(Invocation call, Optional<String> directory, boolean verbose) {
    Config config;
    try {
      config = Config.load(ConfigDirectory.of(call, directory));
    } catch (ConfigException e) {
      call.fatal(String.valueOf(e.getMessage()));
      return EX_CONFIG;
    }
    Path queueDirectory = Path.of(config.text("queue_directory"));
    Path spool = queueDirectory.resolve("spool");
    if (!spool.toFile().exists()) {
      call.fatal(spool + ": there is no spool (or you may not see it: ask as root or its owner)");
      return EX_NOINPUT;
    }
    try {
      SpoolCheck.Result result = SpoolCheck.run(queueDirectory, clock, progress(call));
      print(call.out(), spool, result, verbose);
      return result.isSound() ? 0 : DAMAGED;
    } catch (AccessDeniedException e) {
      call.fatal(e.getMessage() + ": permission denied (check as root or the spool's owner)");
      return EX_NOPERM;
    } catch (NoSuchFileException e) {
      call.fatal(e.getMessage() + " is not there");
      return EX_NOINPUT;
    } catch (IOException e) {
      call.fatal(String.valueOf(e.getMessage()));
      return EX_IOERR;
    }
  }

  private static int usage(Invocation call, String mistake) {
    call.err().println("postrider spool: " + Invocation.printable(mistake));
    call.err().print(USAGE);
    return EX_USAGE;
  }

  private static LongConsumer progress(Invocation call) {
    if (!call.errIsTerminal()) {
      return _ -> {};
    }
    long[] last = {System.nanoTime()};
    return bytes -> {
      long now = System.nanoTime();
      if (now - last[0] >= PROGRESS_NANOS) {
        last[0] = now;
        call.err().println("postrider spool: " + (bytes >> 20) + " megabytes read ...");
        call.err().flush();
      }
    };
  }

  private static void print(
      PrintStream out, Path spool, SpoolCheck.Result result, boolean verbose) {
    for (SpoolCheck.SegmentFacts each : result.segments()) {
      if (verbose || !each.damaged().isEmpty()) {
        out.println(
            "%s: %d bytes, %d alive (%d bytes), %d dead, %d damaged"
                .formatted(
                    each.name(),
                    each.bytes(),
                    each.alive(),
                    each.aliveBytes(),
                    each.dead(),
                    each.damaged().size()));
      }
      each.damaged().forEach(place -> out.println("  damaged: bytes " + place));
    }
    result.badBodies().forEach(text -> out.println("damaged: body file " + text));
    result.orphans().forEach(name -> out.println("unclaimed: body file " + name));
    result
        .quarantine()
        .forEach(name -> out.println("set aside: quarantine/" + Invocation.printable(name)));
    result
        .cut()
        .forEach(name -> out.println("unfinished write: quarantine/" + Invocation.printable(name)));
    out.println(
        "%s: %d messages with %d bytes in %d segments; damaged places: %d; body files missing or damaged: %d, unclaimed: %d; set aside: %d"
            .formatted(
                spool,
                result.messages(),
                result.contentBytes(),
                result.segments().size(),
                result.damagedPlaces(),
                result.badBodies().size(),
                result.orphans().size(),
                result.quarantine().size()));
    out.println(result.isSound() ? "sound" : "damaged");
  }
}

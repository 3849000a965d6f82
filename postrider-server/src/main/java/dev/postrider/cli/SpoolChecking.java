package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.io.Printable;
import dev.postrider.spool.SpoolCheck;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;

/** {@code postrider spool check}: reads the whole spool and says whether it is sound. */
record SpoolChecking(InstantSource clock) implements SpoolVerb {
  @Override
  public Set<String> flags() {
    return Set.of("-v");
  }

  @Override
  public int run(Invocation call, Config config, VerbArguments arguments)
      throws IOException, VerbArguments.Mistake {
    if (!arguments.operands().isEmpty()) {
      throw new VerbArguments.Mistake(arguments.operands().getFirst() + ": check takes no names");
    }
    Path queueDirectory = Path.of(config.text("queue_directory"));
    Progress progress = new Progress(call);
    SpoolCheck.Result result =
        SpoolCheck.run(queueDirectory, clock, bytes -> progress.at(bytes >> 20, "megabytes read"));
    print(call.out(), queueDirectory.resolve("spool"), result, arguments.has("-v"));
    return result.isSound() ? 0 : NOT_ALL;
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
    result.quarantine().forEach(name -> out.println("set aside: quarantine/" + Printable.of(name)));
    result.cut().forEach(name -> out.println("unfinished write: quarantine/" + Printable.of(name)));
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

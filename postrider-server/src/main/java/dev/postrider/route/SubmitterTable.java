package dev.postrider.route;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.delivery.Trace;
import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import dev.postrider.table.TableSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code postrider_submitter_relayhost_maps}: relay hosts by the user who submitted the message.
 * Immutable and safe on any thread.
 */
final class SubmitterTable {
  private static final String PARAMETER = "postrider_submitter_relayhost_maps";

  private final List<LookupTable> tables = new ArrayList<>();
  private final @Nullable String broken;

  SubmitterTable(Config config, TableSource source) {
    String problem = null;
    for (String spec : config.list(PARAMETER)) {
      try {
        tables.add(source.open(spec));
      } catch (ConfigException e) {
        problem = PARAMETER + ": " + e.getMessage();
      }
    }
    this.broken = problem;
  }

  /** The choice for a user; nobody in particular has none. */
  Choice choose(String submitter, Trace trace) {
    if (submitter.isEmpty()) {
      return new Choice.Common();
    }
    if (broken != null) {
      return new Choice.Unknown(broken);
    }
    for (LookupTable table : tables) {
      switch (table.lookup(submitter)) {
        case Lookup.Found(String value) -> {
          trace.step(
              new Trace.Step(PARAMETER, "user " + submitter, value, table.name(), submitter));
          return Choice.of(value);
        }
        case Lookup.Unavailable(String reason) -> {
          return new Choice.Unknown(reason);
        }
        case Lookup.NotFound _ -> {}
      }
    }
    return new Choice.Common();
  }
}

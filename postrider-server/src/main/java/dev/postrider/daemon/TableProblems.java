package dev.postrider.daemon;

import dev.postrider.config.Config;
import dev.postrider.config.Parameter;
import dev.postrider.config.Registry;
import dev.postrider.table.TableSpec;
import dev.postrider.table.Tables;
import java.util.function.Consumer;

/** Which tables of main.cf cannot be opened, whatever is in them. Functions only. */
final class TableProblems {
  private TableProblems() {}

  /** Says what would otherwise be seen only when the first mail waits for such a table. */
  static void check(Config config, Consumer<String> warnings) {
    for (String name : config.setNames()) {
      if (!takesTables(name)) {
        continue;
      }
      for (String table : config.list(name)) {
        TableSpec spec = TableSpec.parse(table, config.text("default_database_type"));
        if (!Tables.isKnown(spec.type())) {
          warnings.accept(
              "%s, line %d: %s=%s: there are no tables of type \"%s\" here: mail that needs it waits (postconf -m lists the types)"
                  .formatted(
                      config.directory().resolve("main.cf"),
                      config.line(name),
                      name,
                      config.text(name),
                      spec.type()));
        }
      }
    }
  }

  private static boolean takesTables(String name) {
    Parameter parameter = Registry.get().find(name);
    return parameter != null
        && parameter.support() == Parameter.Support.SUPPORTED
        && (name.endsWith("_maps") || name.equals("alias_database"));
  }
}

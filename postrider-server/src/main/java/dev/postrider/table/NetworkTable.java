package dev.postrider.table;

import dev.postrider.config.ConfigException;
import dev.postrider.log.MailLog;
import java.io.IOException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a table that is described by a file of parameters needs to know of its surroundings.
 *
 * @param name {@code type:file}
 * @param fold whether keys are asked for in lower case
 * @param log for what is odd
 * @param tables opens the tables that its parameters name
 * @param nanos a clock as {@link System#nanoTime}
 */
record NetworkTable(
    String name, boolean fold, MailLog log, TableSource tables, LongSupplier nanos) {
  /** Opens a table that a parameter names. */
  LookupTable open(String spec) throws IOException {
    try {
      return tables.open(spec);
    } catch (ConfigException e) {
      throw new IOException(name + ": " + spec + ": " + e.getMessage(), e);
    }
  }

  /** The list of domains that the table is asked about, or null for all. */
  @Nullable StringList domain(ParameterFile parameters) throws IOException {
    return parameters.has("domain")
        ? StringList.parse(parameters.text("domain", ""), tables)
        : null;
  }

  /** Whether a key may be asked for: found if so. Only a whole address with such a domain may. */
  static Lookup eligible(StringList domain, String key) {
    int at = key.lastIndexOf('@');
    return at <= 0 || at == key.length() - 1
        ? new Lookup.NotFound()
        : domain.match(key.substring(at + 1));
  }
}

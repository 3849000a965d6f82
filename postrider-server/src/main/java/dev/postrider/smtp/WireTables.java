package dev.postrider.smtp;

import dev.postrider.config.ConfigException;
import dev.postrider.table.LookupTable;
import dev.postrider.table.Tables;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The opened tables that change what goes over a connection. Immutable.
 *
 * @param replyFilter {@code smtp_reply_filter}, or null
 */
public record WireTables(@Nullable LookupTable replyFilter) {
  /** No table: everything goes as it is. */
  public static WireTables none() {
    return new WireTables(null);
  }

  /** Opens the tables that the configuration names. */
  public static WireTables open(ClientConfig config, Tables tables) throws ConfigException {
    List<String> filter = config.list("smtp_reply_filter");
    return new WireTables(filter.isEmpty() ? null : tables.chain(filter));
  }
}

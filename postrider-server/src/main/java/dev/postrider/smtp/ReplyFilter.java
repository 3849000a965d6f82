package dev.postrider.smtp;

import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import org.jspecify.annotations.Nullable;

/**
 * Replaces lines of servers' replies before anybody reads them ({@code smtp_reply_filter}), to get
 * along with a server at fault or to try what a fault would do. Immutable and safe on any thread.
 */
final class ReplyFilter {
  private final String parameter;
  private final @Nullable LookupTable table;

  /**
   * @param parameter the name of the parameter, for the log
   * @param table null for none
   */
  ReplyFilter(String parameter, @Nullable LookupTable table) {
    this.parameter = parameter;
    this.table = table;
  }

  boolean isEmpty() {
    return table == null;
  }

  /**
   * What stands in the place of a line.
   *
   * @param line without its end, printable
   * @return null if it stays
   * @throws LocalDataException if the table does not answer
   */
  @Nullable String replacement(String line) throws LocalDataException {
    if (table == null) {
      return null;
    }
    return switch (table.lookup(line)) {
      case Lookup.Found(var text) -> text;
      case Lookup.NotFound _ -> null;
      case Lookup.Unavailable(var reason) ->
          throw new LocalDataException(parameter + ": " + reason);
    };
  }
}

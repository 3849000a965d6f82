package dev.postrider.smtp;

import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which words of a server's EHLO reply count as not said: {@code smtp_discard_ehlo_keywords}, or
 * for single servers what {@code smtp_discard_ehlo_keyword_address_maps} has. Immutable and safe on
 * any thread.
 */
final class IgnoredKeywords {
  /** The word that only keeps the log quiet. */
  static final String SILENT = "SILENT-DISCARD";

  /** The order in which the log names them. */
  private static final List<String> ORDER =
      List.of(
          "8BITMIME",
          "AUTH",
          "ETRN",
          "PIPELINING",
          "SIZE",
          "VERP",
          "VRFY",
          "XCLIENT",
          "XFORWARD",
          "STARTTLS",
          "ENHANCEDSTATUSCODES",
          "DSN",
          "SMTPUTF8",
          "CHUNKING",
          "REQUIRETLS",
          SILENT);

  private final String parameter;
  private final Set<String> usual;
  private final @Nullable LookupTable table;

  /**
   * @param parameter the name of the one that names the table, for the log
   */
  IgnoredKeywords(String parameter, Collection<String> usual, @Nullable LookupTable table) {
    this.parameter = parameter;
    this.usual = upper(usual);
    this.table = table;
  }

  /**
   * Those of one server, in capitals.
   *
   * @param address the key of the table: an address, or the path of a Unix socket
   * @throws LocalDataException if the table does not answer
   */
  Set<String> at(String address) throws LocalDataException {
    if (table == null) {
      return usual;
    }
    return switch (table.lookup(address)) {
      case Lookup.Found(var value) -> upper(List.of(value.strip().split("[,\\s]+")));
      case Lookup.NotFound _ -> usual;
      case Lookup.Unavailable(var reason) ->
          throw new LocalDataException(parameter + ": " + reason);
    };
  }

  /** In capitals, in the order of the log; words that it has no place for come last. */
  private static Set<String> upper(Collection<String> words) {
    Set<String> wanted = new TreeSet<>();
    for (String word : words) {
      wanted.add(word.toUpperCase(Locale.ROOT));
    }
    Set<String> found = new LinkedHashSet<>(ORDER);
    found.retainAll(wanted);
    found.addAll(wanted);
    return found;
  }
}

package dev.postrider.table;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads the source of a table of aliases whose lines may have either form, each by itself: {@code
 * key value}, as Postfix has it in texthash tables and in what postmap compiles, or {@code name:
 * value} of aliases(5), which Postfix finds nothing in there. A name that is there in a form that
 * was not expected must not count as nobody: its mail would be returned. Stateless.
 */
final class LooseAliasSource {
  private static final String LIST_FILE = AliasTarget.INCLUDE;

  private LooseAliasSource() {}

  /**
   * Reads a whole file.
   *
   * @param path the file's name for messages
   * @param utf8 whether lines that are not UTF-8 are left out
   */
  static SourceText parse(String path, byte[] bytes, boolean utf8) {
    List<SourceEntry> entries = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    SourceLines.each(
        path,
        bytes,
        utf8,
        faults,
        (line, place) -> {
          if (hasColon(line.text())) {
            AliasSource.split(line, place, entries, faults);
          } else {
            MapSource.split(line, place, entries, faults, notes);
          }
        });
    return new SourceText(entries, faults, notes);
  }

  /** Whether a colon ends the name: in its word, or next but not as the first sign of a list. */
  private static boolean hasColon(String text) {
    int end = MapSource.keyEnd(text);
    if (end < 0) {
      return false;
    }
    String rest = MapSource.trim(text, end);
    return isColonOutsideQuotes(text.substring(0, end))
        || (rest.startsWith(":") && !rest.regionMatches(true, 0, LIST_FILE, 0, LIST_FILE.length()));
  }

  private static boolean isColonOutsideQuotes(String word) {
    return AddressTokens.scan(word).stream().anyMatch(token -> token.is(':'));
  }
}

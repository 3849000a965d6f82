package dev.postrider.table;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads {@code key whitespace value} source text as postmap(1) describes it. A key keeps its quotes
 * and backslashes: whether it is an address is not known here. Stateless.
 */
public final class MapSource {
  /** How the message about a line without a key or a value ends. */
  static final String NO_PAIR = ": expected format: key whitespace value";

  private MapSource() {}

  /**
   * Reads a whole file.
   *
   * @param path the file's name for messages
   * @param utf8 whether lines that are not UTF-8 are left out (smtputf8_enable)
   */
  public static SourceText parse(String path, byte[] bytes, boolean utf8) {
    List<SourceEntry> entries = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    SourceLines.each(
        path, bytes, utf8, faults, (line, place) -> split(line, place, entries, faults, notes));
    return new SourceText(entries, faults, notes);
  }

  /** The text with what a terminal could not show replaced. */
  static String printable(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean lone =
          Character.isSurrogate(c)
              && !(Character.isHighSurrogate(c)
                  && i + 1 < text.length()
                  && Character.isLowSurrogate(text.charAt(i + 1)))
              && !(i > 0
                  && Character.isLowSurrogate(c)
                  && Character.isHighSurrogate(text.charAt(i - 1)));
      out.append(c < ' ' || c == 0x7f || lone ? '?' : c);
    }
    return out.toString();
  }

  /** Takes one line apart. */
  static void split(
      LogicalLines.Line line,
      String place,
      List<SourceEntry> entries,
      List<String> faults,
      List<String> notes) {
    String text = line.text();
    int end = keyEnd(text);
    if (end < 0) {
      faults.add(place + ": unbalanced '\"' in '" + printable(text) + "' -- ignoring this line");
      return;
    }
    String key = text.substring(0, end);
    String value = trim(text, end);
    if (key.isEmpty() || key.equals("\0") || value.isEmpty()) {
      faults.add(place + NO_PAIR);
      return;
    }
    if (key.endsWith(":")) {
      notes.add(place + ": record is in \"key: value\" format; is this an alias file?");
    }
    entries.add(new SourceEntry(key, value, line.first()));
  }

  /** Where the white space behind the key is, or the end; -1 if a quote is not closed. */
  static int keyEnd(String text) {
    boolean quoted = false;
    int end = 0;
    while (end < text.length()) {
      char c = text.charAt(end);
      if (c == '\\') {
        end = Math.min(end + 1, text.length() - 1);
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && LogicalLines.isSpace(c)) {
        break;
      }
      end++;
    }
    return quoted ? -1 : end;
  }

  /** What lies behind {@code from}, without white space around it. */
  static String trim(String text, int from) {
    int start = from;
    while (start < text.length() && LogicalLines.isSpace(text.charAt(start))) {
      start++;
    }
    int end = text.length();
    while (end > start && LogicalLines.isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }
}

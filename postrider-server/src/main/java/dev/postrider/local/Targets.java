package dev.postrider.local;

import dev.postrider.table.AliasTarget;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes the text of aliases, {@code .forward} files and list files apart (aliases(5)). Stateless.
 */
final class Targets {
  private Targets() {}

  /** The targets of one right-hand side or line; empty items are left out. */
  static List<AliasTarget> parse(String text) {
    return AliasTarget.parse(text);
  }

  /**
   * The targets of each line of a file; a line that begins with {@code #} has none and is left out.
   *
   * @param lineLimit a longer line is cut into pieces of this length, each a line of its own
   */
  static List<List<AliasTarget>> lines(String text, int lineLimit) {
    List<List<AliasTarget>> lines = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int newline = text.indexOf('\n', start);
      int end = newline < 0 ? text.length() : newline;
      if (end - start > lineLimit) {
        end = start + lineLimit;
        newline = -1;
      }
      if (text.charAt(start) != '#') {
        List<AliasTarget> targets = parse(text.substring(start, end));
        if (!targets.isEmpty()) {
          lines.add(targets);
        }
      }
      start = end + (newline < 0 ? 0 : 1);
    }
    return lines;
  }
}

package dev.postrider.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads main.cf, master.cf and table sources as logical lines: a line that begins with white space
 * continues the one before; comments and blank lines vanish and end nothing. For one thread.
 */
public final class LogicalLines {
  /**
   * One logical line.
   *
   * @param text without line ends, but with the white space that began each continuation
   * @param line where it begins, from 1
   */
  public record Line(String text, int line) {}

  private final String file;
  private final String text;
  private final List<String> warnings;
  private int at;
  private int lineNumber;

  /**
   * A reader of one file's text.
   *
   * @param file for warnings
   * @param warnings what is odd is added here, worded as Postfix does
   */
  public LogicalLines(String file, String text, List<String> warnings) {
    this.file = file;
    this.warnings = warnings;
    // Editors of other systems put a byte order mark ahead, which would become part of a name.
    this.text = text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  /** The next logical line, or null at the end. */
  public @Nullable Line next() {
    while (at < text.length()) {
      Line line = read();
      if (line.text.isEmpty()) {
        continue;
      }
      if (Separators.isSpace(line.text.charAt(0))) {
        String shown = line.text.length() > 30 ? line.text.substring(0, 30) + "..." : line.text;
        warnings.add(file + ": logical line must not start with whitespace: \"" + shown + "\"");
        continue;
      }
      return line;
    }
    return null;
  }

  private Line read() {
    StringBuilder collected = new StringBuilder();
    int first = 0;
    while (at < text.length()) {
      int end = text.indexOf('\n', at);
      int stop = end < 0 ? text.length() : end;
      lineNumber++;
      int content = at;
      while (content < stop && Separators.isSpace(text.charAt(content))) {
        content++;
      }
      boolean comment = content == stop || text.charAt(content) == '#';
      if (!comment) {
        first = first == 0 ? lineNumber : first;
        collected.append(text, at, stop);
      }
      at = end < 0 ? text.length() : end + 1;
      if (!collected.isEmpty() && !continues()) {
        break;
      }
    }
    return new Line(withoutNull(collected.toString(), first), first);
  }

  private boolean continues() {
    return at < text.length() && (text.charAt(at) == '#' || Separators.isSpace(text.charAt(at)));
  }

  private String withoutNull(String line, int first) {
    int end = line.indexOf('\0');
    if (end < 0) {
      return line;
    }
    String where = first == lineNumber ? ", line " + first : ", line " + first + "-" + lineNumber;
    warnings.add(file + where + ": text after null byte may be ignored");
    return line.substring(0, end);
  }
}

package dev.postrider.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Splits a table's source into logical lines as postmap(1) describes them: empty lines and comments
 * are skipped, a line that begins with white space continues the one before, and the continuation
 * keeps its white space. Stops a line at a NUL, which no key or value can hold. For one thread.
 */
final class LogicalLines {
  /**
   * One logical line.
   *
   * @param text without line breaks
   * @param first number of its first physical line, from 1: where messages point
   */
  record Line(String text, int first) {}

  private final String path;
  private final byte[] bytes;
  private final List<String> faults = new ArrayList<>();
  private int position;
  private int number;

  LogicalLines(String path, byte[] bytes) {
    this.path = path;
    this.bytes = bytes;
  }

  /** What was wrong with the lines skipped so far. */
  List<String> faults() {
    return List.copyOf(faults);
  }

  /** The next logical line, or empty at the end. */
  Optional<Line> next() {
    while (true) {
      Optional<Line> line = collect();
      if (line.isEmpty() || !isSpace(line.get().text().charAt(0))) {
        return line;
      }
      String text = line.get().text();
      faults.add(
          path
              + ": logical line must not start with whitespace: \""
              + (text.length() > 30 ? text.substring(0, 30) + "..." : text)
              + "\"");
    }
  }

  private Optional<Line> collect() {
    String only = "";
    StringBuilder joined = null;
    int first = 0;
    while (position < bytes.length) {
      int end = lineEnd(position);
      number++;
      if (isText(position, end)) {
        String piece = Octets.decode(bytes, position, end);
        if (first == 0) {
          first = number;
          only = piece;
        } else {
          joined = joined == null ? new StringBuilder(only) : joined;
          joined.append(piece);
        }
      }
      position = end + 1;
      if (first != 0 && (position >= bytes.length || !continues(bytes[position]))) {
        break;
      }
    }
    if (first == 0) {
      return Optional.empty();
    }
    String text = joined == null ? only : joined.toString();
    int nul = text.indexOf('\0');
    text = nul < 0 ? text : text.substring(0, nul);
    return Optional.of(new Line(text.isEmpty() ? "\0" : text, first));
  }

  private int lineEnd(int from) {
    int end = from;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    return end;
  }

  private static boolean continues(byte next) {
    return next == '#' || isSpace((char) next);
  }

  private boolean isText(int from, int to) {
    for (int i = from; i < to; i++) {
      if (!isSpace((char) bytes[i])) {
        return bytes[i] != '#';
      }
    }
    return false;
  }

  /** White space as isspace(3) has it. */
  static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}

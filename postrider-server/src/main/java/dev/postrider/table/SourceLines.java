package dev.postrider.table;

import java.util.List;

/** Goes through the lines of a table's source, whatever they mean. Functions only. */
final class SourceLines {
  private SourceLines() {}

  /** Makes something of a line. */
  @FunctionalInterface
  interface Taker {
    /**
     * Makes it.
     *
     * @param place path and line, for messages
     */
    void take(LogicalLines.Line line, String place);
  }

  /**
   * Gives each line to {@code taker}, and what is wrong with lines to {@code faults}, both in the
   * order of the file.
   *
   * @param path the file's name for messages
   * @param utf8 whether lines that are not UTF-8 are left out
   */
  static void each(String path, byte[] bytes, boolean utf8, List<String> faults, Taker taker) {
    LogicalLines lines = new LogicalLines(path, bytes);
    int told = 0;
    for (var next = lines.next(); next.isPresent(); next = lines.next()) {
      faults.addAll(lines.faults().subList(told, lines.faults().size()));
      told = lines.faults().size();
      LogicalLines.Line line = next.get();
      String place = path + ", line " + line.first();
      if (utf8 && !Octets.isValid(line.text())) {
        faults.add(
            place
                + ": non-UTF-8 input \""
                + MapSource.printable(line.text())
                + "\" -- ignoring this line");
      } else {
        taker.take(line, place);
      }
    }
    faults.addAll(lines.faults().subList(told, lines.faults().size()));
  }
}

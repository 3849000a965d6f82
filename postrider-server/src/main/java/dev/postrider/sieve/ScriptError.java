package dev.postrider.sieve;

/**
 * Something wrong in a script. Immutable.
 *
 * @param line from 1
 * @param column from 1; 0 if only the line is known
 * @param text what is wrong and what helps
 */
public record ScriptError(int line, int column, String text) {
  /** {@code line 3, column 7: text}. */
  @Override
  public String toString() {
    return "line " + line + (column > 0 ? ", column " + column : "") + ": " + text;
  }
}

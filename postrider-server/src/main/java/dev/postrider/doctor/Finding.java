package dev.postrider.doctor;

/**
 * One thing that was found. Immutable.
 *
 * @param id a stable word for programs, such as {@code relay-unreachable}
 * @param severity how bad
 * @param what a sentence that says what is so, with value, file and line
 * @param follows what comes of it, or empty
 * @param mend the command or the edit that mends it, or empty
 */
public record Finding(String id, Severity severity, String what, String follows, String mend) {
  static Finding ok(String id, String what) {
    return new Finding(id, Severity.OK, what, "", "");
  }

  static Finding note(String id, String what, String follows) {
    return new Finding(id, Severity.NOTE, what, follows, "");
  }

  static Finding warning(String id, String what, String follows, String mend) {
    return new Finding(id, Severity.WARNING, what, follows, mend);
  }

  static Finding error(String id, String what, String follows, String mend) {
    return new Finding(id, Severity.ERROR, what, follows, mend);
  }
}

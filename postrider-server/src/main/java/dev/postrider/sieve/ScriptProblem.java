package dev.postrider.sieve;

import java.io.Serial;

/** What is wrong in a script, where the place of it is not known yet. */
final class ScriptProblem extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  ScriptProblem(String text) {
    super(text);
  }

  String text() {
    return String.valueOf(getMessage());
  }
}

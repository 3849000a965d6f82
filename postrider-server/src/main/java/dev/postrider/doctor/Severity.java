package dev.postrider.doctor;

import java.util.Locale;

/** How bad a finding is, the best first. */
public enum Severity {
  /** Looked at, and well. */
  OK,
  /** Worth knowing; nothing need be done. */
  NOTE,
  /** Some mail may not get where it should, or soon will not. */
  WARNING,
  /** Mail does not flow, or passwords are open to others. */
  ERROR;

  /** As JSON and the text have it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** As monitoring plugins have it: 0 if all is well, 1 with warnings, 2 with errors. */
  public int exitCode() {
    return switch (this) {
      case OK, NOTE -> 0;
      case WARNING -> 1;
      case ERROR -> 2;
    };
  }
}

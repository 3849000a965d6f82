package dev.postrider.mail.address;

/** The first word of a command argument: brackets and quotes keep space together. Immutable. */
sealed interface PathToken {
  /** Nothing but space. */
  record None() implements PathToken {}

  /** A bracket or quote that never ends. */
  record Unterminated() implements PathToken {}

  /**
   * A word.
   *
   * @param rest what follows, without surrounding space
   */
  record Found(String text, String rest) implements PathToken {}

  static PathToken split(String argument) {
    String text = argument.strip();
    if (text.isEmpty()) {
      return new None();
    }
    int brackets = 0;
    boolean quoted = false;
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && c == '<') {
        brackets++;
      } else if (!quoted && c == '>' && brackets > 0) {
        brackets--;
      } else if (!quoted && brackets == 0 && (c == ' ' || c == '\t')) {
        break;
      }
      i++;
    }
    if (quoted || brackets > 0 || i > text.length()) {
      return new Unterminated();
    }
    return new Found(text.substring(0, i), text.substring(i).strip());
  }
}

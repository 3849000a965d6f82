package dev.postrider.config;

/**
 * A setting {@code name = value} as main.cf, {@code -o} and {@code postconf -e} write it.
 *
 * @param name never empty
 * @param value without white space around it
 */
public record NameValue(String name, String value) {
  /**
   * Takes a setting apart.
   *
   * @throws ConfigException saying only what is wrong; the caller knows where
   */
  public static NameValue parse(String text) throws ConfigException {
    int start = Separators.skipSpace(text, 0);
    if (start == text.length() || text.charAt(start) == '=') {
      throw new ConfigException("missing attribute name");
    }
    int end = start;
    while (end < text.length()
        && text.charAt(end) != '='
        && !Separators.isSpace(text.charAt(end))) {
      end++;
    }
    int equals = Separators.skipSpace(text, end);
    if (equals == text.length() || text.charAt(equals) != '=') {
      throw new ConfigException("missing '=' after attribute name");
    }
    return new NameValue(text.substring(start, end), Separators.strip(text.substring(equals + 1)));
  }
}

package dev.postrider.io;

/**
 * Text of clients, servers, users and files as it may be shown: it must not steer a terminal nor
 * begin a line of its own. Functions only.
 */
public final class Printable {
  private Printable() {}

  /** The text with control characters, those above ASCII too, as question marks. */
  public static String of(String text) {
    StringBuilder safe = null;
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        if (safe == null) {
          safe = new StringBuilder(text);
        }
        safe.setCharAt(i, '?');
      }
    }
    return safe == null ? text : safe.toString();
  }

  /**
   * The same of its beginning.
   *
   * @param most characters of it, 0 or more
   */
  public static String beginning(String text, int most) {
    return of(text.substring(0, Math.min(text.length(), most)));
  }
}

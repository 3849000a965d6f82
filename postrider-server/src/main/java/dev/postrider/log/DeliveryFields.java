package dev.postrider.log;

import org.jspecify.annotations.Nullable;

/**
 * What the line of a delivery says, taken from its text. An address or a server's answer can hold
 * anything but is never taken for another field: addresses are read with their quotes, and the
 * reason is whatever is left at the end.
 *
 * @param originalTo empty where the line has none
 * @param delay in seconds, as written
 */
record DeliveryFields(
    String to,
    String originalTo,
    String relay,
    String delay,
    String delays,
    String dsn,
    String status,
    String reason) {

  /**
   * Reads the text behind the queue id.
   *
   * @return null if it is not about a delivery
   */
  static @Nullable DeliveryFields parse(String text) {
    return text.startsWith("to=<") ? new Reader(text).read() : null;
  }

  /** Reads fields from left to right; null once something is not as expected. */
  private static final class Reader {
    private final String text;
    private int at;

    Reader(String text) {
      this.text = text;
    }

    @Nullable DeliveryFields read() {
      String to = address("to=<");
      String original = text.startsWith(", orig_to=<", at) ? address(", orig_to=<") : "";
      String relay = field(", relay=");
      if (text.startsWith(", conn_use=", at)) {
        String _ = field(", conn_use=");
      }
      String delay = field(", delay=");
      String delays = field(", delays=");
      String dsn = field(", dsn=");
      String status = word(", status=");
      if (to == null
          || original == null
          || relay == null
          || delay == null
          || delays == null
          || dsn == null
          || status == null) {
        return null;
      }
      int end = text.endsWith(")") ? text.length() - 1 : text.length();
      String reason = text.startsWith(" (", at) && at + 2 <= end ? text.substring(at + 2, end) : "";
      return new DeliveryFields(to, original, relay, delay, delays, dsn, status, reason);
    }

    /** Up to the first {@code >} outside of quotes. */
    private @Nullable String address(String name) {
      if (!text.startsWith(name, at)) {
        return null;
      }
      int start = at + name.length();
      boolean quoted = false;
      for (int i = start; i < text.length(); i++) {
        char c = text.charAt(i);
        if (quoted && c == '\\') {
          i++;
        } else if (c == '"') {
          quoted = !quoted;
        } else if (c == '>' && !quoted) {
          at = i + 1;
          return text.substring(start, i);
        }
      }
      return null;
    }

    private @Nullable String field(String name) {
      return until(name, ", ");
    }

    private @Nullable String word(String name) {
      return until(name, " ");
    }

    private @Nullable String until(String name, String end) {
      if (!text.startsWith(name, at)) {
        return null;
      }
      int start = at + name.length();
      int stop = text.indexOf(end, start);
      at = stop < 0 ? text.length() : stop;
      return text.substring(start, at);
    }
  }
}

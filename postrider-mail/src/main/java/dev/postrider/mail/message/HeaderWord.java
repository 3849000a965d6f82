package dev.postrider.mail.message;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Looks for a field with one word in the header of a message. Functions only. */
public final class HeaderWord {
  private static final int MAX_HEADER = 256 * 1024;
  private static final int MAX_LINE = 200;

  private HeaderWord() {}

  /**
   * Whether the header has such a field, on one line, in any case.
   *
   * @param content from the beginning; lines ended by LF or CRLF
   * @param name without the colon
   */
  public static boolean isIn(InputStream content, String name, String word) throws IOException {
    String start = name + ":";
    InputStream in = new BufferedInputStream(content);
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < MAX_HEADER; i++) {
      int octet = in.read();
      if (octet == '\r') {
        continue;
      }
      if (octet >= 0 && octet != '\n') {
        if (line.length() < MAX_LINE) {
          line.append((char) octet);
        }
        continue;
      }
      // Asked of every message: most lines are told apart by their length or first letter.
      if (line.length() > start.length() && begins(line, start)) {
        String value = line.substring(start.length()).strip();
        if (value.equalsIgnoreCase(word)) {
          return true;
        }
      }
      if (line.isEmpty() || octet < 0) {
        return false;
      }
      line.setLength(0);
    }
    return false;
  }

  private static boolean begins(StringBuilder line, String start) {
    for (int i = 0; i < start.length(); i++) {
      if (Character.toLowerCase(line.charAt(i)) != Character.toLowerCase(start.charAt(i))) {
        return false;
      }
    }
    return true;
  }
}

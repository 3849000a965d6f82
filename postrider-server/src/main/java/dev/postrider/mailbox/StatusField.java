package dev.postrider.mailbox;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Where the Status field of a message is, or would be: at the end of its header. Immutable.
 *
 * @param before octets of the message before it
 * @param after octets up to what follows it; the same as {@code before} if there is none yet
 * @param lineEnd of this message
 */
record StatusField(long before, long after, String lineEnd) {
  /** A header this long is no header that is worth searching: the field goes on top. */
  private static final int MOST_HEADER = 1 << 20;

  private static final int MOST_NAME = 7;

  /** Finds it in a message, which begins with its header. */
  static StatusField find(InputStream message) throws IOException {
    InputStream in = new BufferedInputStream(message);
    long lineStart = 0;
    while (lineStart < MOST_HEADER) {
      StringBuilder start = new StringBuilder();
      int length = 0;
      int previous = -1;
      int c = in.read();
      for (; c >= 0 && c != '\n'; c = in.read()) {
        if (length < MOST_NAME) {
          start.append((char) c);
        }
        previous = c;
        length++;
      }
      String lineEnd = previous == '\r' ? "\r\n" : "\n";
      boolean empty = length == 0 || (length == 1 && previous == '\r');
      if (c < 0 || empty) {
        // A header without an end, cut off in its last line, gets its field on top.
        return new StatusField(c < 0 ? 0 : lineStart, c < 0 ? 0 : lineStart, lineEnd);
      }
      long next = lineStart + length + 1;
      if (start.toString().equals("Status:")) {
        return new StatusField(lineStart, next, lineEnd);
      }
      lineStart = next;
    }
    return new StatusField(0, 0, "\n");
  }

  /** The field for a status; nothing for a new message. */
  byte[] text(ReadStatus status) {
    String value = status.field();
    String text = value.isEmpty() ? "" : "Status: " + value + lineEnd;
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The message with the field. */
  static byte[] put(byte[] message, ReadStatus status) throws IOException {
    StatusField field = find(new ByteArrayInputStream(message));
    ByteArrayOutputStream out = new ByteArrayOutputStream(message.length + 16);
    out.write(message, 0, (int) field.before());
    out.writeBytes(field.text(status));
    out.write(message, (int) field.after(), message.length - (int) field.after());
    return out.toByteArray();
  }
}

package dev.postrider.mail.message;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header of a message (lines ended by LF) field by field and leaves the rest, as a stream
 * or for copying. Takes what comes: a message without empty line, without header, with nothing at
 * all. Memory is bounded by the limit for one field. Every message goes through it once, so it
 * looks at each byte of the header once and makes only the two strings of a field. For one thread.
 *
 * <p>The header ends at an empty line, at the end, or before the first line that neither begins a
 * field nor continues one: that line is body already, as in Postfix.
 */
public final class HeaderScanner {
  private static final int BUFFER = 16 * 1024;

  /** More than any real name; a longer run without a colon is no field. */
  private static final int MOST_NAME = 1000;

  private static final String MAILBOX_LINE = "from ";

  private final InputStream in;
  private final int limit;
  private final byte[] buffer = new byte[BUFFER];
  private int position;
  private int end;
  private boolean exhausted;
  private byte[] value = new byte[512];
  private int valueLength;
  private boolean ended;
  private boolean separated;

  /**
   * For the header of {@code in}.
   *
   * @param limit bytes kept of one field, its name included; the rest of a longer one is cut off
   */
  public HeaderScanner(InputStream in, int limit) {
    this.in = in;
    this.limit = limit;
  }

  /**
   * The line that parts messages in a mailbox file ({@code From } and its like, quoted with {@code
   * >} or not), if one comes next; else null. Programs that send such a file put it in front of the
   * header. To be asked before {@link #next}, again until it gives null.
   */
  public @Nullable String mailboxLine() throws IOException {
    int quotes = 0;
    while (quotes < MOST_NAME && has(quotes) && buffer[position + quotes] == '>') {
      quotes++;
    }
    for (int i = 0; i < MAILBOX_LINE.length(); i++) {
      if (!has(quotes + i)
          || Character.toLowerCase(buffer[position + quotes + i]) != MAILBOX_LINE.charAt(i)) {
        return null;
      }
    }
    readValue(limit);
    return new String(value, 0, valueLength, StandardCharsets.ISO_8859_1);
  }

  /** The next field, or null when the header has ended. */
  public @Nullable HeaderField next() throws IOException {
    if (ended) {
      return null;
    }
    int colon = colon();
    if (colon < 0) {
      ended = true;
      if (has(0) && buffer[position] == '\n') {
        position++;
        separated = true;
      }
      return null;
    }
    int name = colon;
    while (buffer[position + name - 1] == ' ' || buffer[position + name - 1] == '\t') {
      name--;
    }
    String fieldName = new String(buffer, position, name, StandardCharsets.ISO_8859_1);
    position += colon + 1;
    readValue(limit - name - 1);
    return new HeaderField(
        fieldName, new String(value, 0, valueLength, StandardCharsets.ISO_8859_1));
  }

  /** Whether an empty line ended the header; known when {@link #next} has returned null. */
  public boolean separated() {
    return separated;
  }

  /** What follows the header and its empty line; good when {@link #next} has returned null. */
  public InputStream body() {
    return new SequenceInputStream(new ByteArrayInputStream(buffer, position, end - position), in);
  }

  /** Whether anything follows; good when {@link #next} has returned null. */
  public boolean hasBody() throws IOException {
    return has(0);
  }

  /** Copies what {@link #body} would give, without another buffer. */
  public void copyBody(OutputStream out) throws IOException {
    while (has(0)) {
      out.write(buffer, position, end - position);
      position = end;
    }
  }

  /** Distance of the colon that ends a field name here, or -1 if no field begins here. */
  private int colon() throws IOException {
    boolean nameEnded = false;
    for (int i = 0; i < MOST_NAME && has(i); i++) {
      byte b = buffer[position + i];
      if (b == ':') {
        return i == 0 ? -1 : i;
      }
      if ((b == ' ' || b == '\t') && i > 0) {
        // White space before the colon is obsolete but met (RFC 5322 §4.5.8).
        nameEnded = true;
      } else if (b <= ' ' || b == 0x7f || nameEnded) {
        // Bytes above 0x7f are negative: no name has them, as in Postfix.
        return -1;
      }
    }
    return -1;
  }

  private void readValue(int most) throws IOException {
    valueLength = 0;
    while (has(0)) {
      int lineEnd = position;
      while (lineEnd < end && buffer[lineEnd] != '\n') {
        lineEnd++;
      }
      keep(lineEnd - position, most);
      position = lineEnd;
      if (lineEnd == end) {
        continue;
      }
      boolean folded = has(1) && (buffer[position + 1] == ' ' || buffer[position + 1] == '\t');
      if (folded) {
        keep(1, most);
      }
      position++;
      if (!folded) {
        return;
      }
    }
  }

  /** Adds this many bytes to the value, as far as they fit. */
  private void keep(int count, int most) {
    int kept = Math.min(count, most - valueLength);
    if (kept <= 0) {
      return;
    }
    if (valueLength + kept > value.length) {
      value = Arrays.copyOf(value, Math.max(valueLength + kept, 2 * valueLength));
    }
    System.arraycopy(buffer, position, value, valueLength, kept);
    valueLength += kept;
  }

  /** Whether the byte this far ahead exists, after reading more if need be. */
  private boolean has(int ahead) throws IOException {
    return position + ahead < end || more(ahead);
  }

  private boolean more(int ahead) throws IOException {
    if (position > 0) {
      System.arraycopy(buffer, position, buffer, 0, end - position);
      end -= position;
      position = 0;
    }
    while (ahead >= end && !exhausted) {
      int count = in.read(buffer, end, BUFFER - end);
      exhausted = count < 0;
      end += Math.max(count, 0);
    }
    return ahead < end;
  }
}

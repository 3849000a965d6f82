package dev.postrider.mailbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Finds the messages of an mbox in one pass. Each octet is looked at once; only lines that may
 * matter (header lines, and those after an empty line) are looked at as text. For one thread.
 */
final class MboxIndex {
  private static final int BUFFER = 1 << 18;

  /** Of a line as text: longer than any separator. */
  private static final int MOST_TEXT = 1000;

  private final List<Letter> letters = new ArrayList<>();
  private final byte[] text = new byte[MOST_TEXT];
  private int textLength;
  private int lineLength;
  private long lineStart;
  private boolean afterEmpty = true;
  private boolean inHeader;
  private boolean stray;

  // The message at hand; begins at -1 if there is none.
  private long begins = -1;
  private int lines;
  private int head;
  private int mark;
  private ReadStatus status = ReadStatus.NEW;

  private MboxIndex(long start) {
    this.lineStart = start;
  }

  /**
   * Reads a part of an mbox that begins with a separator line or is empty.
   *
   * @param start the offset of its first octet
   * @return null if it begins with anything else but empty lines
   */
  @org.jspecify.annotations.Nullable
  static List<Letter> scan(InputStream in, long start) throws IOException {
    MboxIndex index = new MboxIndex(start);
    byte[] buffer = new byte[BUFFER];
    for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
      index.take(buffer, got);
      if (index.stray) {
        return null;
      }
    }
    if (index.lineLength > 0) {
      index.line();
    }
    index.finish(index.lineStart);
    return index.stray ? null : index.letters;
  }

  private void take(byte[] buffer, int length) {
    int at = 0;
    while (at < length) {
      int end = at;
      while (end < length && buffer[end] != '\n') {
        end++;
      }
      boolean whole = end < length;
      int piece = (whole ? end + 1 : end) - at;
      // Of a line of a body, as much as tells whether it is empty.
      int most = inHeader || afterEmpty ? MOST_TEXT : 2;
      if (textLength < most) {
        int kept = Math.min(piece, most - textLength);
        System.arraycopy(buffer, at, text, textLength, kept);
        textLength += kept;
      }
      lineLength += piece;
      at += piece;
      if (whole) {
        line();
      }
    }
  }

  private void line() {
    boolean empty = isEmpty();
    if (afterEmpty && startsWith("From ") && Separator.is(text())) {
      finish(lineStart);
      begins = lineStart;
      lines = 0;
      head = lineLength;
      mark = mark(text, textLength);
      status = ReadStatus.NEW;
      inHeader = true;
    } else if (begins < 0) {
      stray |= !empty;
    } else if (inHeader) {
      if (empty) {
        inHeader = false;
      } else if (startsWith("Status:")) {
        status = ReadStatus.parse(text().substring("Status:".length()));
      }
    }
    lines++;
    afterEmpty = empty;
    lineStart += lineLength;
    lineLength = 0;
    textLength = 0;
  }

  private void finish(long end) {
    if (begins >= 0) {
      letters.add(new Letter("", begins, end - begins, lines, head, mark, status));
    }
  }

  private boolean isEmpty() {
    return (lineLength == 1 && text[0] == '\n')
        || (lineLength == 2 && text[0] == '\r' && text[1] == '\n');
  }

  private boolean startsWith(String word) {
    if (textLength < word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (text[i] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private String text() {
    return new String(text, 0, textLength, StandardCharsets.ISO_8859_1).stripTrailing();
  }

  /** The mark of a separator line, cut off after so many octets as are looked at here. */
  static int mark(byte[] line, int length) {
    CRC32C sum = new CRC32C();
    sum.update(line, 0, Math.min(length, MOST_TEXT));
    return (int) sum.getValue();
  }

  /** Whether these octets, read again, are the separator line of the letter. */
  static boolean isStill(Letter letter, byte[] line) {
    return line.length >= Math.min(letter.head(), MOST_TEXT)
        && mark(Arrays.copyOf(line, letter.head()), letter.head()) == letter.mark();
  }
}

package dev.postrider.mail.message;

import java.io.IOException;
import java.io.InputStream;

/**
 * Lines of a stream, the long ones in pieces; a piece that begins a line is long enough to tell
 * what line it is. For one thread.
 */
final class LinePieces {
  private static final int MOST = 8 * 1024;

  final byte[] bytes = new byte[MOST];
  int length;

  /** Whether this piece begins a line. */
  boolean beginsLine;

  private final InputStream in;
  private final byte[] buffer = new byte[MOST];
  private int position;
  private int end;
  private boolean lineEnded = true;

  LinePieces(InputStream in) {
    this.in = in;
  }

  /** Moves to the next piece: with its LF if it ends a line. False at the end. */
  boolean next() throws IOException {
    beginsLine = lineEnded;
    length = 0;
    while (length < MOST) {
      if (position == end) {
        position = 0;
        end = Math.max(0, in.read(buffer, 0, MOST));
        if (end == 0) {
          break;
        }
      }
      byte b = buffer[position++];
      bytes[length++] = b;
      if (b == '\n') {
        lineEnded = true;
        return true;
      }
    }
    lineEnded = false;
    return length > 0;
  }
}

package dev.postrider.mail.message;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The content behind DATA (RFC 5321 §4.1.1.4, §4.5.2): bytes from the wire up to the end marker,
 * with LF line ends and without dot-stuffing. For one thread.
 *
 * <p>Only {@code CRLF . CRLF} ends the content, as bytes. A bare LF becomes a line end but neither
 * begins nor ends an end marker; CRs in front of a line end vanish with it; any other CR becomes a
 * space. A lone dot that does not end the content stays a lone dot. What this reader takes for the
 * end, every stricter reader behind us takes for the end too, so no mail is smuggled (RFC 5321
 * §2.3.8).
 *
 * <p>The source must support {@link InputStream#mark}: what follows the end marker is left in it.
 */
public final class DotReader extends InputStream {
  private static final int BLOCK = 16 * 1024;

  /** Where in a line the next byte falls. */
  private enum State {
    /** Behind CRLF, or at the very start: a dot here may begin the end marker. */
    AFTER_CRLF,
    /** Behind a bare LF: a dot here is only stuffing. */
    AFTER_LF,
    TEXT,
    /** Behind {@code CRLF .}; the dot is not written yet. */
    MARKER_DOT,
    /** Behind {@code CRLF . CR}. */
    MARKER_CR,
    /** Behind {@code LF .}; the dot is not written yet. */
    STUFFED_DOT,
    END
  }

  private final InputStream source;
  private final byte[] block = new byte[BLOCK];

  /** A block writes at most what it holds plus the dot and the CR left over from the last one. */
  private final byte[] decoded = new byte[BLOCK + 2];

  private int position;
  private int limit;
  private int pendingCr;
  private long count;
  private State state = State.AFTER_CRLF;

  public DotReader(InputStream source) {
    if (!source.markSupported()) {
      throw new IllegalArgumentException("the source must support mark");
    }
    this.source = source;
  }

  /** Bytes handed out so far. */
  public long count() {
    return count;
  }

  /** Whether the end marker was read. */
  public boolean ended() {
    return state == State.END;
  }

  /**
   * Reads the rest and throws it away, so that what follows the end marker is read as commands and
   * nothing before it is.
   */
  public void drain() throws IOException {
    while (fill()) {
      count += limit - position;
      position = limit;
    }
  }

  @Override
  public int read() throws IOException {
    if (!fill()) {
      return -1;
    }
    count++;
    return decoded[position++] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int taken = Math.min(length, limit - position);
    System.arraycopy(decoded, position, target, offset, taken);
    position += taken;
    count += taken;
    return taken;
  }

  /** Makes at least one decoded byte available; false at the end marker. */
  private boolean fill() throws IOException {
    while (position == limit) {
      if (state == State.END) {
        return false;
      }
      position = 0;
      limit = 0;
      source.mark(BLOCK);
      int length = source.read(block, 0, BLOCK);
      if (length < 0) {
        throw new EOFException("the client left inside the message");
      }
      int used = decode(length);
      if (used < length) {
        source.reset();
        source.skipNBytes(used);
      }
    }
    return true;
  }

  /** Decodes the block into {@link #decoded}; returns how many of its bytes belong to content. */
  private int decode(int length) {
    for (int i = 0; i < length; i++) {
      byte b = block[i];
      if (state == State.TEXT && pendingCr == 0) {
        int end = OctetScan.lineEnd(block, i, length);
        System.arraycopy(block, i, decoded, limit, end - i);
        limit += end - i;
        if (end == length) {
          return length;
        }
        i = end;
        b = block[i];
      }
      if (b == '\r' && state != State.MARKER_DOT) {
        carriageReturn();
      } else if (b == '\n') {
        if (lineFeed()) {
          return i + 1;
        }
      } else {
        other(b);
      }
    }
    return length;
  }

  private void carriageReturn() {
    switch (state) {
      case MARKER_CR -> {
        // CRLF . CR CR: no end marker any more; the dot is a line of its own or begins one.
        decoded[limit++] = '.';
        state = State.TEXT;
        pendingCr = 2;
      }
      case STUFFED_DOT, AFTER_CRLF, AFTER_LF, TEXT -> pendingCr++;
      case MARKER_DOT, END -> throw new IllegalStateException(state.toString());
    }
    if (pendingCr > 1) {
      // However many CRs stand in a row, one space or one line end is what is left of them, and
      // nothing has to be remembered that a client can grow.
      pendingCr = 2;
    }
  }

  /** Returns whether this LF completes the end marker. */
  private boolean lineFeed() {
    boolean crlf = pendingCr > 0;
    switch (state) {
      case MARKER_CR -> {
        state = State.END;
        return true;
      }
      case MARKER_DOT -> {
        decoded[limit++] = '.';
        crlf = false;
      }
      case STUFFED_DOT -> decoded[limit++] = '.';
      case AFTER_CRLF, AFTER_LF, TEXT -> {}
      case END -> throw new IllegalStateException(state.toString());
    }
    decoded[limit++] = '\n';
    pendingCr = 0;
    state = crlf ? State.AFTER_CRLF : State.AFTER_LF;
    return false;
  }

  private void other(byte b) {
    switch (state) {
      case AFTER_CRLF, AFTER_LF, TEXT -> {
        if (pendingCr > 0) {
          decoded[limit++] = ' ';
          pendingCr = 0;
          state = State.TEXT;
        }
        if (b == '.' && state != State.TEXT) {
          state = state == State.AFTER_CRLF ? State.MARKER_DOT : State.STUFFED_DOT;
          return;
        }
      }
      case MARKER_DOT -> {
        if (b == '\r') {
          state = State.MARKER_CR;
          return;
        }
      }
      case MARKER_CR -> decoded[limit++] = ' ';
      case STUFFED_DOT -> {
        if (pendingCr > 0) {
          decoded[limit++] = ' ';
          pendingCr = 0;
        }
      }
      case END -> throw new IllegalStateException(state.toString());
    }
    decoded[limit++] = b;
    state = State.TEXT;
  }
}

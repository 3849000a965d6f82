package dev.postrider.local;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Puts {@code >} in front of lines that begin with {@code From }, as mbox needs it, and ends the
 * last line. For one thread.
 */
final class FromQuoting extends OutputStream {
  private static final byte[] FROM = "From ".getBytes(StandardCharsets.ISO_8859_1);
  private static final int INSIDE = -1;

  private final OutputStream out;

  /** How much of {@code From } the line so far is; {@link #INSIDE} once it is something else. */
  private int matched;

  private boolean open;

  FromQuoting(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int octet) throws IOException {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] octets, int from, int length) throws IOException {
    if (length == 0) {
      return;
    }
    int end = from + length;
    int unwritten = from;
    // Octets of a match that an earlier call held back.
    int heldBack = Math.max(matched, 0);
    for (int i = from; i < end; i++) {
      byte octet = octets[i];
      if (matched != INSIDE && octet == FROM[matched]) {
        matched++;
        if (matched == FROM.length) {
          int lineStart = Math.max(unwritten, i + 1 - FROM.length);
          out.write(octets, unwritten, lineStart - unwritten);
          out.write('>');
          out.write(FROM, 0, heldBack);
          unwritten = lineStart;
          heldBack = 0;
          matched = INSIDE;
        }
        continue;
      }
      if (heldBack > 0) {
        out.write(FROM, 0, heldBack);
        heldBack = 0;
      }
      matched = octet == '\n' ? 0 : INSIDE;
    }
    int holdNow = matched == INSIDE ? 0 : matched - heldBack;
    out.write(octets, unwritten, end - holdNow - unwritten);
    open = octets[end - 1] != '\n';
  }

  /** Writes what was held back, and the end of the last line if it has none. */
  void end() throws IOException {
    if (matched > 0) {
      out.write(FROM, 0, matched);
      matched = INSIDE;
    }
    if (open) {
      out.write('\n');
      open = false;
    }
  }
}

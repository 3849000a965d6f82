package dev.postrider.helper;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Sends payloads in pieces: frames, of which an empty one is the end. For one thread at a time. */
final class PayloadOutput extends OutputStream {
  /** Instead of a length: the payload cannot be had, and a frame says why. */
  static final int BROKEN = -1;

  static final int LARGEST_PIECE = 65_536;

  private final DataOutputStream out;
  private final byte[] piece = new byte[LARGEST_PIECE];
  private int filled;
  private @Nullable IOException failure;

  PayloadOutput(DataOutputStream out) {
    this.out = out;
  }

  /** Why the other side could not be reached, or null if it could. */
  @Nullable IOException failure() {
    return failure;
  }

  @Override
  public void write(int octet) throws IOException {
    if (filled == piece.length) {
      send();
    }
    piece[filled++] = (byte) octet;
  }

  @Override
  public void write(byte[] octets, int from, int count) throws IOException {
    int at = from;
    int left = count;
    while (left > 0) {
      if (filled == piece.length) {
        send();
      }
      int part = Math.min(left, piece.length - filled);
      System.arraycopy(octets, at, piece, filled, part);
      filled += part;
      at += part;
      left -= part;
    }
  }

  /** That is all. */
  void finish() throws IOException {
    send();
    checked(() -> {
      out.writeInt(0);
      out.flush();
    });
  }

  /** The rest cannot be had. */
  void breakOff(String why) throws IOException {
    filled = 0;
    String cut = why.substring(0, Math.min(why.length(), PayloadInput.LARGEST_REASON / 4));
    checked(() -> {
      out.writeInt(BROKEN);
      Frames.write(out, cut.getBytes(StandardCharsets.UTF_8));
      out.flush();
    });
  }

  private void send() throws IOException {
    if (filled == 0) {
      return;
    }
    int count = filled;
    filled = 0;
    checked(() -> {
      out.writeInt(count);
      out.write(piece, 0, count);
    });
  }

  /** Writing. */
  private interface Step {
    void run() throws IOException;
  }

  private void checked(Step step) throws IOException {
    try {
      step.run();
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }
}

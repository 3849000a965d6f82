package dev.postrider.helper;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Receives a payload. Its beginning, which mostly is all of it, is taken before a mailbox is locked
 * for it, so that no sender can hold the lock. Can be written once. For one thread at a time.
 */
final class PayloadInput implements Payload {
  private static final int BEFOREHAND = 4 * PayloadOutput.LARGEST_PIECE;
  static final int LARGEST_REASON = 4_096;

  private final DataInputStream in;
  private final List<byte[]> beginning = new ArrayList<>();
  private @Nullable String broken;
  private boolean ended;
  private boolean written;

  PayloadInput(DataInputStream in) throws IOException {
    this.in = in;
    int size = 0;
    while (!ended && size < BEFOREHAND) {
      byte[] piece = next();
      size += piece.length;
      beginning.add(piece);
    }
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    if (written) {
      throw new IOException("the message is gone already");
    }
    written = true;
    for (byte[] piece : beginning) {
      out.write(piece);
    }
    beginning.clear();
    while (!ended) {
      out.write(next());
    }
    String why = broken;
    if (why != null) {
      throw new IOException(why);
    }
  }

  /** Takes what was not asked for, so that the other side comes to read the answer. */
  void skip() throws IOException {
    while (!ended) {
      byte[] _ = next();
    }
  }

  /** The next piece; empty at the end. */
  private byte[] next() throws IOException {
    int length = in.readInt();
    if (length == PayloadOutput.BROKEN) {
      ended = true;
      broken = new String(Frames.read(in, LARGEST_REASON), StandardCharsets.UTF_8);
      return new byte[0];
    }
    if (length < 0 || length > PayloadOutput.LARGEST_PIECE) {
      throw FieldReader.malformed("a piece of " + length + " octets");
    }
    ended = length == 0;
    byte[] piece = in.readNBytes(length);
    if (piece.length < length) {
      throw new EOFException("the other side has gone");
    }
    return piece;
  }
}

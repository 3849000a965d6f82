package dev.postrider.helper;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;

/** A frame is its length, in four octets, and as many octets. Functions only. */
final class Frames {
  private Frames() {}

  static void write(DataOutputStream out, byte[] frame) throws IOException {
    out.writeInt(frame.length);
    out.write(frame);
  }

  /**
   * Reads one, and takes memory for what is really there only.
   *
   * @throws EOFException if the other side has gone
   */
  static byte[] read(DataInputStream in, int largest) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > largest) {
      throw FieldReader.malformed("a frame of " + length + " octets");
    }
    byte[] frame = in.readNBytes(length);
    if (frame.length < length) {
      throw new EOFException("the other side has gone");
    }
    return frame;
  }
}

package dev.postrider.spool;

import dev.postrider.io.DiskFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Takes a message's content: in memory up to a limit, beyond that in a file of its own. For one
 * thread.
 */
final class DraftContent extends OutputStream {
  private static final int FIRST_BYTES = 8 << 10;

  private final Bodies bodies;
  private final long id;
  private final int inlineBytes;
  private final CRC32C crc = new CRC32C();
  private byte[] buffer;
  private int buffered;
  private long written;
  private @Nullable DiskFile file;
  private boolean finished;

  DraftContent(Bodies bodies, long id, int inlineBytes) {
    this.bodies = bodies;
    this.id = id;
    this.inlineBytes = inlineBytes;
    this.buffer = new byte[Math.min(FIRST_BYTES, inlineBytes)];
  }

  @Override
  public void write(int value) throws IOException {
    if (buffered == buffer.length) {
      makeRoom(1);
    }
    checkOpen();
    buffer[buffered++] = (byte) value;
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    checkOpen();
    int done = 0;
    while (done < length) {
      if (buffered == buffer.length) {
        makeRoom(length - done);
      }
      int part = Math.min(length - done, buffer.length - buffered);
      System.arraycopy(bytes, from + done, buffer, buffered, part);
      buffered += part;
      done += part;
    }
  }

  private void checkOpen() throws IOException {
    if (finished) {
      throw new IOException("the message is complete");
    }
  }

  private void makeRoom(int wanted) throws IOException {
    if (buffer.length < inlineBytes) {
      long size = Math.max(2L * buffer.length, (long) buffered + wanted);
      buffer = Arrays.copyOf(buffer, (int) Math.min(size, inlineBytes));
      return;
    }
    if (file == null) {
      file = bodies.create(id);
    }
    spill(file);
  }

  private void spill(DiskFile to) throws IOException {
    crc.update(buffer, 0, buffered);
    to.write(ByteBuffer.wrap(buffer, 0, buffered), written);
    written += buffered;
    buffered = 0;
  }

  /** Ends writing; a body file is on stable storage when this returns. */
  void finish() throws IOException {
    finished = true;
    if (file == null) {
      crc.update(buffer, 0, buffered);
      return;
    }
    try (DiskFile closing = file) {
      spill(closing);
      closing.force();
    }
    buffer = new byte[0];
    bodies.forceNames();
  }

  /** What the commit record says of a body file, or null if the content is in memory. */
  MessageFields.@Nullable ExternalBody external() {
    return file == null ? null : new MessageFields.ExternalBody(written, crc());
  }

  long size() {
    return written + buffered;
  }

  int crc() {
    return (int) crc.getValue();
  }

  /** The content in memory: {@link #size} bytes, nothing if it is in a file. */
  byte[] bytes() {
    return buffer;
  }

  /** Leaves no trace. */
  void discard() {
    finished = true;
    buffer = new byte[0];
    buffered = 0;
    if (file == null) {
      return;
    }
    try {
      file.close();
    } catch (IOException _) {
      // It goes away.
    }
    bodies.discard(id);
  }
}

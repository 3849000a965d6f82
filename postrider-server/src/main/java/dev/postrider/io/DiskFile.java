package dev.postrider.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One open file. Reads are safe on any thread, also when another reader is interrupted; writes,
 * truncation and force belong to one thread at a time.
 */
public interface DiskFile extends Closeable {
  /** Fills {@code into} as far as the file reaches; returns the bytes read, 0 at the end. */
  int read(ByteBuffer into, long position) throws IOException;

  /** Writes all of {@code from}, extending the file as needed. */
  void write(ByteBuffer from, long position) throws IOException;

  /** Returns when what was written, and the length, are on stable storage. */
  void force() throws IOException;

  /** Cuts the file to {@code size} if it is longer. */
  void truncate(long size) throws IOException;

  long size() throws IOException;
}

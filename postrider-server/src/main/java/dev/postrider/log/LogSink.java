package dev.postrider.log;

import java.io.IOException;
import java.util.List;

/** Takes finished lines. Used by one thread at a time. */
interface LogSink extends AutoCloseable {
  /**
   * Writes lines, in order.
   *
   * @throws IOException if some are not written; those that are, are taken out of the list, and the
   *     sink tries anew with the next lines
   */
  void write(List<byte[]> lines) throws IOException;

  /**
   * Opens anew before the next line.
   *
   * @throws IOException saying why it cannot, and that it goes on with what it has
   */
  void reopen() throws IOException;

  @Override
  void close();
}

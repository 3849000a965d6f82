package dev.postrider.log;

import java.io.IOException;
import java.util.List;

/** Takes finished lines. Used by one thread at a time. */
interface LogSink extends AutoCloseable {
  /** Begins a line: all that stands before {@code tag[pid]: text}. */
  void head(StringBuilder line, MailLog.Severity severity, String stamp);

  /**
   * Writes lines, in order.
   *
   * @throws IOException if some are not written; the sink tries anew with the next lines
   */
  void write(List<byte[]> lines) throws IOException;

  /** Opens anew before the next line. */
  void reopen();

  @Override
  void close();
}

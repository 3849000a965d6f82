package dev.postrider.archive;

import dev.postrider.spool.QueueId;
import java.io.IOException;
import java.io.InputStream;

/**
 * A message that an {@link Importer} may bring into a spool, wherever it is. For one thread.
 *
 * <p>{@link #begin} and {@link #end} leave a trace that outlives this process, so that no message
 * is imported twice, whenever an import is interrupted.
 */
public interface ImportSource {
  /**
   * Everything but the content.
   *
   * @throws BadExportException if it is not to be used
   */
  ExportedMessage read() throws IOException;

  /** The content, lines ended by LF. */
  InputStream openContent() throws IOException;

  /** Notes, on the disk, under which id it is about to be stored. */
  void begin(QueueId id) throws IOException;

  /** Takes that back: nothing was stored. */
  void cancel(QueueId id) throws IOException;

  /** Notes that it is in the queue. */
  void end(QueueId id) throws IOException;
}

package dev.postrider.spool;

import dev.postrider.mail.envelope.Envelope;
import java.io.IOException;
import java.io.OutputStream;

/**
 * A message on its way in: nothing of it exists until {@link #commit}. For one thread. Closing an
 * uncommitted draft leaves no trace of it.
 */
public interface Draft extends AutoCloseable {
  QueueId id();

  /** Takes the content, lines ended by LF. Large content goes to disk as it comes. */
  OutputStream content();

  /**
   * Stores the message and returns when it survives {@code kill -9} and a power cut.
   *
   * @throws IOException if it could not be made durable; then it will never be delivered
   */
  StoredMessage commit(Envelope envelope) throws IOException;

  /**
   * The same for a message of another queue, with all that was recorded of it there. The two are
   * stored as one: there is no moment at which a crash leaves the message without its past.
   *
   * @throws IllegalArgumentException if a recipient who waits is not in the envelope
   */
  StoredMessage commit(Envelope envelope, Carried carried) throws IOException;

  @Override
  void close();
}

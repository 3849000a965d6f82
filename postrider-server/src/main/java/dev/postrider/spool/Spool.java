package dev.postrider.spool;

import dev.postrider.delivery.MessageContent;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The durable store of messages. Safe on any thread. */
public interface Spool extends SpoolView {
  /** Begins a message. */
  Draft draft() throws IOException;

  /**
   * Records the fate of one recipient who needs no further attempt. Written soon but not forced: a
   * crash may repeat a delivery, never lose one.
   *
   * @param index into the envelope's recipients
   */
  void done(QueueId id, int index);

  /**
   * Records that an attempt ended with recipients left.
   *
   * @param reasons the last delay of each recipient who still waits
   * @param nextAttempt not before this
   */
  void defer(QueueId id, List<StoredMessage.Pending> reasons, Instant nextAttempt);

  /** Makes a message due now (a flush) or later, without counting an attempt. */
  void schedule(QueueId id, Instant nextAttempt);

  void hold(QueueId id, boolean held);

  /** Ends a message's life: if its next attempt does not succeed, it goes back to the sender. */
  void expire(QueueId id);

  /** Notes something that later decisions about the message depend on; it stays. */
  void mark(QueueId id, Mark mark);

  /**
   * Forgets the message: delivered, bounced or deleted. Written soon, not forced: after a crash it
   * may be there again. Does nothing if it is gone.
   *
   * @return whether this call ended it: of several, one does
   */
  boolean remove(QueueId id);

  /** Content of a message that is in the queue. */
  default Optional<MessageContent> content(QueueId id) {
    return find(id).map(StoredMessage::content);
  }

  /**
   * Returns when every change made before is as durable as a committed message.
   *
   * @throws IOException if that failed; the changes are kept and tried again
   */
  void flush() throws IOException;

  /** Free bytes where new messages go. */
  long usableBytes() throws IOException;

  /** Forces what was written and lets go of the directory. */
  @Override
  void close() throws IOException;
}

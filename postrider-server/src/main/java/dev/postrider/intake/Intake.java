package dev.postrider.intake;

import dev.postrider.mail.reply.Reply;
import dev.postrider.spool.QueueId;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** The one way into the spool [cleanup]. Safe on any thread. */
public interface Intake {
  /**
   * Completes, rewrites, limits and stores one message. Returns {@code Stored} only when it is
   * durable and the queue knows of it.
   *
   * @param content header, empty line, body, lines ended by LF; read to its end unless it throws
   * @throws IOException only if reading {@code content} failed; then nothing is stored
   */
  IntakeOutcome store(Submission submission, InputStream content) throws IOException;

  /**
   * Why a message would be refused already now, before its content comes: no room in the queue.
   *
   * @param declaredSize in bytes, 0 if unknown
   */
  default Optional<Reply> refusalBeforeContent(long declaredSize) {
    return Optional.empty();
  }

  /** A queue id as replies and log lines spell it. */
  default String print(QueueId id) {
    return id.shortForm();
  }
}

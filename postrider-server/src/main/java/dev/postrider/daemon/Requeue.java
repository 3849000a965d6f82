package dev.postrider.daemon;

import dev.postrider.intake.Intake;
import dev.postrider.intake.IntakeOutcome;
import dev.postrider.intake.Origin;
import dev.postrider.intake.Submission;
import dev.postrider.log.MailLog;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.spool.StoredMessage;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Stores a message of the queue anew, for those who still wait for it, so that addresses are
 * rewritten by today's tables. The old message is the caller's to remove, afterwards: a crash
 * between the two leaves both.
 *
 * @param uid of this process, for the trace
 * @param longIds enable_long_queue_ids
 */
record Requeue(Intake intake, MailLog log, long uid, boolean longIds) {
  /** Returns whether the new message is stored. */
  boolean store(StoredMessage message) {
    String id = message.id().print(longIds);
    List<Recipient> waiting = new ArrayList<>(message.pending().size());
    for (StoredMessage.Pending each : message.pending()) {
      waiting.add(message.recipient(each));
    }
    Envelope envelope = message.envelope().withRecipients(waiting);
    try (InputStream content = message.content().open()) {
      return switch (intake.store(
          new Submission(envelope, new Origin.Requeued(uid, id), false), content)) {
        case IntakeOutcome.Stored _ -> true;
        case IntakeOutcome.Refused refused -> {
          log.warning("postsuper", id + ": not requeued: " + refused.reply().oneLine());
          yield false;
        }
      };
    } catch (IOException e) {
      log.warning("postsuper", id + ": not requeued: " + e.getMessage());
      return false;
    }
  }
}

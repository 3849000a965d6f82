package dev.postrider.intake;

import dev.postrider.mail.reply.Reply;
import dev.postrider.spool.StoredMessage;

/** What became of a submission. */
public sealed interface IntakeOutcome {
  /** Stored: it survives a crash, and is ours to deliver. */
  record Stored(StoredMessage message) implements IntakeOutcome {}

  /** Not stored; nothing of it is left. The reply is what an SMTP client hears. */
  record Refused(Reply reply) implements IntakeOutcome {}
}

package dev.postrider.policy;

import dev.postrider.mail.reply.Reply;

/** What a list of restrictions says. */
public sealed interface Verdict {
  /** Go ahead. */
  record Permit() implements Verdict {}

  /** Nobody objected; the next list decides. */
  record Undecided() implements Verdict {}

  /** No: the reply says whether for now or for good. */
  record Reject(Reply reply) implements Verdict {}
}

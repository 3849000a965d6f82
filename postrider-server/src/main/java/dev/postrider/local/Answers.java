package dev.postrider.local;

import dev.postrider.intake.Intake;
import dev.postrider.intake.IntakeOutcome;
import dev.postrider.intake.Origin;
import dev.postrider.intake.Submission;
import dev.postrider.io.Account;
import dev.postrider.log.MailLog;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.BodyType;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.sieve.VacationReply;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Answers for users who are away, each sender once in a while. An answer that cannot be stored is
 * not tried again for the same mail: that would have to wait with the mail, which the user has
 * already, and after a restart would be delivered twice. The next mail of that sender is answered
 * instead. Safe on any thread.
 *
 * @param intake takes the answers
 * @param log told of each
 * @param memory whom they went to
 */
record Answers(Intake intake, MailLog log, AnswerMemory memory) {
  /**
   * Answers unless it was done lately.
   *
   * @param queueId of the message that is answered
   * @return what was done, in words
   */
  String answer(String queueId, Scope scope, VacationReply reply) {
    @Nullable Account account = scope.rights().account();
    if (account == null) {
      throw new IllegalStateException("an answer of nobody");
    }
    String to = reply.to().external();
    try {
      boolean answered =
          memory.once(
              account.uid(),
              reply,
              () ->
                  log.info(
                      LocalTransport.PROCESS,
                      queueId + ": vacation reply to <" + to + ">: " + store(reply)));
      return answered ? "answered" : "answered before";
    } catch (IOException e) {
      log.warning(
          LocalTransport.PROCESS,
          queueId
              + ": no vacation reply of "
              + account.name()
              + " to <"
              + to
              + ">: "
              + e.getMessage()
              + ". The mail itself is delivered; the next one is answered");
      return "not answered";
    }
  }

  /** Answers the queue id of the new message. */
  private String store(VacationReply reply) throws IOException {
    byte[] content = reply.content();
    Mailbox to = reply.to();
    boolean eightBit = false;
    for (byte octet : content) {
      eightBit |= octet < 0;
    }
    Envelope envelope =
        new Envelope(
            // RFC 5230 §5.1: nothing may answer an answer.
            new ReversePath.Null(),
            // Nobody wants to hear that it did not arrive, least of all when the sender was forged.
            List.of(new Recipient(to, to, new DsnRequest(Set.of(DsnRequest.Event.NEVER), null))),
            eightBit ? BodyType.EIGHT_BIT_MIME : BodyType.UNDECLARED,
            to.needsSmtpUtf8(),
            Envelope.ReturnContent.UNSPECIFIED,
            null);
    return switch (intake.store(
        new Submission(envelope, new Origin.Internal(), false),
        new ByteArrayInputStream(content))) {
      case IntakeOutcome.Stored stored -> intake.print(stored.message().id());
      case IntakeOutcome.Refused(var refusal) -> throw new IOException(refusal.oneLine());
    };
  }
}

package dev.postrider.local;

import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.intake.Intake;
import dev.postrider.intake.IntakeOutcome;
import dev.postrider.intake.Origin;
import dev.postrider.intake.Submission;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Sends a message on to an alias's targets as a new message. Safe on any thread. */
record Forwarder(Intake intake, String origin) {
  /**
   * Stores the new message.
   *
   * @return the queue id of the new message, as log lines spell it
   * @throws DeliveryFailure when it could not be stored; then nothing of it is
   */
  String forward(DeliveryRequest request, Recipient recipient, Expansion.Forward to)
      throws IOException {
    List<Recipient> recipients = new ArrayList<>();
    DsnRequest notify = recipient.dsn().withoutSuccess();
    for (Mailbox target : to.targets()) {
      recipients.add(new Recipient(target, recipient.original(), notify));
    }
    // A report on the first message says that it was forwarded: nothing more was asked for.
    Envelope envelope =
        request.envelope().withRecipients(recipients).withPurpose(Envelope.Purpose.DELIVERY);
    String owner = to.owner();
    // A notice has no sender to be replaced: giving it one could make it go round.
    if (owner != null && !envelope.sender().isNull()) {
      envelope = envelope.withSender(ReversePath.of(new Mailbox(owner, origin)));
    }
    byte[] trace = (MailboxFormat.deliveredTo(recipient) + "\n").getBytes(StandardCharsets.UTF_8);
    try (InputStream content =
        new SequenceInputStream(new ByteArrayInputStream(trace), request.content().open())) {
      return switch (intake.store(
          new Submission(
              envelope, new Origin.Internal(Origin.Why.FORWARD, request.queueId()), false),
          content)) {
        case IntakeOutcome.Stored stored -> intake.print(stored.message().id());
        case IntakeOutcome.Refused refused ->
            throw new DeliveryFailure("4.3.0", "cannot forward: " + refused.reply().oneLine());
      };
    }
  }
}

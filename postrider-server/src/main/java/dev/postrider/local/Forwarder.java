package dev.postrider.local;

import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.intake.Intake;
import dev.postrider.intake.IntakeOutcome;
import dev.postrider.intake.Origin;
import dev.postrider.intake.Submission;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mail.reply.EnhancedStatusCode;
import dev.postrider.mail.reply.Reply;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Sends a message on to the addresses of an alias or a list as a new message. Safe on any thread.
 *
 * @param intake takes it
 * @param traced whether it says in Delivered-To whose list it went through
 */
record Forwarder(Intake intake, boolean traced) {
  /**
   * Stores the new message.
   *
   * @param scopes whose mail it is: all with the same sender and the same Delivered-To
   * @return the queue id of the new message, as log lines spell it
   * @throws DeliveryFailure when it could not be stored; then nothing of it is
   */
  String forward(DeliveryRequest request, List<Scope> scopes) throws IOException {
    Scope first = scopes.getFirst();
    List<Recipient> recipients = new ArrayList<>(scopes.size());
    for (Scope each : scopes) {
      recipients.add(each.shown());
    }
    // A report on the first message says that it was forwarded: nothing more was asked for.
    Envelope envelope =
        request
            .envelope()
            .withRecipients(recipients)
            .withPurpose(Envelope.Purpose.DELIVERY)
            .withClient(request.envelope().client().forwarded())
            .withSender(first.sender());
    if (first.owner() != null) {
      envelope = envelope.withoutReportOptions();
    }
    String trace =
        traced
            ? "Delivered-To: " + first.deliveredTo().external().toLowerCase(Locale.ROOT) + "\n"
            : "";
    try (InputStream content =
        new SequenceInputStream(
            new ByteArrayInputStream(trace.getBytes(StandardCharsets.UTF_8)),
            request.content().open())) {
      return switch (intake.store(
          new Submission(
              envelope, new Origin.Internal(Origin.Why.FORWARD, request.queueId()), false),
          content)) {
        case IntakeOutcome.Stored stored -> intake.print(stored.message().id());
        case IntakeOutcome.Refused(Reply reply) -> throw refused(reply);
      };
    }
  }

  /** A message that goes round, or is too large, does not get better by waiting. */
  private static DeliveryFailure refused(Reply reply) {
    String text = reply.lines().getFirst();
    int length = reply.isPermanent() ? EnhancedStatusCode.prefixLength(text) : 0;
    String code = length > 0 ? text.substring(0, length) : "4.3.0";
    return new DeliveryFailure(code, "cannot forward: " + reply.oneLine());
  }
}

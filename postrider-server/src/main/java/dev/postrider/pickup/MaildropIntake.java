package dev.postrider.pickup;

import dev.postrider.delivery.MessageContent;
import dev.postrider.intake.Intake;
import dev.postrider.intake.IntakeOutcome;
import dev.postrider.intake.Submission;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.reply.Reply;
import dev.postrider.spool.QueueId;
import dev.postrider.spool.StoredMessage;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Stores the messages of an SMTP dialog on standard input ({@code sendmail -bs}) as the user who
 * runs it: in the maildrop, daemon or not. Who sent it is then the kernel's word about the file,
 * not the dialog's. Safe on any thread.
 *
 * <p>The id in its answer is of this hand-over only; the daemon gives the message its own.
 */
public final class MaildropIntake implements Intake {
  private final Maildrop maildrop;
  private final InstantSource clock;

  public MaildropIntake(Maildrop maildrop, InstantSource clock) {
    this.maildrop = maildrop;
    this.clock = clock;
  }

  @Override
  public IntakeOutcome store(Submission submission, InputStream content) throws IOException {
    Envelope envelope = submission.envelope();
    MaildropHeader header =
        new MaildropHeader(
            "",
            arguments(envelope),
            envelope.recipients().stream().map(DialogRecipient::of).toList());
    return switch (maildrop.handOver(header, content)) {
      case HandedOver.Stored _ -> new IntakeOutcome.Stored(handedOver(envelope));
      case HandedOver.TooBig _ -> refused(552, "5.3.4 Error: message file too big");
      case HandedOver.Failed(String reason) ->
          refused(451, "4.3.0 Error: " + reason.replace('\n', ' '));
    };
  }

  private static IntakeOutcome refused(int code, String text) {
    return new IntakeOutcome.Refused(Reply.of(code, text));
  }

  private static List<String> arguments(Envelope envelope) {
    List<String> arguments = new ArrayList<>();
    arguments.add("-i");
    switch (envelope.bodyType()) {
      case EIGHT_BIT_MIME -> arguments.add("-B8BITMIME");
      case SEVEN_BIT -> arguments.add("-B7BIT");
      case UNDECLARED -> {}
    }
    switch (envelope.returnContent()) {
      case FULL -> arguments.add("-Rfull");
      case HEADERS -> arguments.add("-Rhdrs");
      case UNSPECIFIED -> {}
    }
    if (envelope.envelopeId() != null) {
      // Behind a letter that means nothing: -Vxx and -V xx would be the old options of VERP.
      arguments.add("-cV" + envelope.envelopeId());
    }
    if (envelope.smtpUtf8()) {
      arguments.add("-Osmtputf8=yes");
    }
    arguments.add("-f");
    arguments.add(envelope.sender().external());
    return arguments;
  }

  private StoredMessage handedOver(Envelope envelope) {
    Instant now = clock.instant();
    long micros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    return new StoredMessage(
        new QueueId(micros),
        now,
        envelope,
        List.of(),
        false,
        false,
        Set.of(),
        0,
        now,
        0,
        new NotReadable());
  }

  /** The message is the daemon's now; with the rights of who runs this it cannot be read back. */
  private record NotReadable() implements MessageContent {
    @Override
    public long size() {
      return 0;
    }

    @Override
    public InputStream open() throws IOException {
      throw new IOException("the message was handed over to the mail system");
    }
  }
}

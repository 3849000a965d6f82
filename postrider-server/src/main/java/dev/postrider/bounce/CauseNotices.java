package dev.postrider.bounce;

import dev.postrider.account.Causes;
import dev.postrider.config.Config;
import dev.postrider.failure.Advice;
import dev.postrider.intake.Intake;
import dev.postrider.intake.IntakeOutcome;
import dev.postrider.intake.Origin;
import dev.postrider.intake.Submission;
import dev.postrider.log.MailLog;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.dsn.Wrap;
import dev.postrider.mail.envelope.BodyType;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Tells the postmaster once a day of each cause that keeps mail from going out until somebody acts,
 * not once for each message ({@code notify_classes}, class resource). Its notices have the sender
 * of notices about notices, so nothing answers them, and an account that is stopped is never tried
 * for them. Safe on any thread; a reload makes a new one.
 */
public final class CauseNotices {
  private static final String PROCESS = "bounce";
  private static final int WIDTH = 78;

  private final boolean wanted;
  private final Causes causes;
  private final Intake intake;
  private final MailLog log;
  private final String origin;
  private final String host;
  private final Mailbox sender;
  private final Mailbox recipient;

  CauseNotices(Config config, Causes causes, Intake intake, MailLog log) {
    this.wanted = Trouble.wanted(config).contains(Trouble.RESOURCE);
    this.causes = causes;
    this.intake = intake;
    this.log = log;
    this.origin = config.text("myorigin");
    this.host = config.text("myhostname");
    this.sender = NoticeAddress.of(config.text("double_bounce_sender")).qualified(host);
    this.recipient = NoticeAddress.of(config.text("error_notice_recipient"));
  }

  /**
   * Tells of a cause, unless that was done within a day.
   *
   * @param cause what is at fault: the same for all mail that it concerns
   * @param about the message that met with it, as the log names it; empty for none
   * @param reason in the server's words
   */
  public void tell(String cause, String about, Advice advice, String reason) {
    if (!wanted || !causes.isNew(cause)) {
      return;
    }
    String text = text(advice, reason);
    boolean ascii = text.chars().allMatch(c -> c < 0x80);
    byte[] content = (header(advice, ascii) + "\n" + text).getBytes(StandardCharsets.UTF_8);
    Envelope envelope =
        new Envelope(
            ReversePath.of(sender),
            List.of(Recipient.of(recipient)),
            ascii ? BodyType.UNDECLARED : BodyType.EIGHT_BIT_MIME,
            recipient.needsSmtpUtf8(),
            Envelope.ReturnContent.UNSPECIFIED,
            null);
    try {
      switch (intake.store(
          new Submission(envelope, new Origin.Internal(Origin.Why.NOTICE, about), false),
          new ByteArrayInputStream(content))) {
        case IntakeOutcome.Stored(var stored) ->
            log.info(
                PROCESS, stored.id().shortForm() + ": tells the postmaster of: " + advice.rule());
        case IntakeOutcome.Refused(var reply) ->
            log.warning(PROCESS, "postmaster notify: " + reply.oneLine());
      }
    } catch (IOException e) {
      log.warning(PROCESS, "postmaster notify: " + e.getMessage());
    }
  }

  private String header(Advice advice, boolean ascii) {
    String header =
        """
        From: Mail Delivery System <MAILER-DAEMON@%s>
        To: Postmaster <%s>
        Subject: Mail of %s waits for you (%s)
        Auto-Submitted: auto-generated
        """
            .formatted(origin, recipient.qualified(origin).external(), host, advice.rule());
    return ascii
        ? header
        : header
            + """
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: 8bit
            """;
  }

  private String text(Advice advice, String reason) {
    StringBuilder body = new StringBuilder(1_000);
    body.append("This is the mail system at host ").append(host).append(".\n\n");
    paragraph(body, "What happened: " + advice.what());
    paragraph(body, "Who must act: " + advice.who().person());
    paragraph(body, "What to do: " + advice.remedy());
    paragraph(body, "Until then: " + advice.treatment().sentence() + ".");
    paragraph(body, "In the server's words: " + reason);
    body.append("This is said once a day, however much mail waits for it. \"mailq\" lists\n");
    body.append("that mail, \"postrider account list\" the accounts that are stopped.\n");
    return body.toString();
  }

  private static void paragraph(StringBuilder out, String text) {
    for (String line : Wrap.lines(Wrap.clean(text, false), WIDTH)) {
      out.append(line).append('\n');
    }
    out.append('\n');
  }
}

package dev.postrider.mail.dsn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mail.reply.EnhancedStatusCode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The machine-readable parts are held against reports that Postfix 3.7.11 sent. */
class DsnComposerTest {
  private static final Instant ARRIVAL = Instant.parse("2026-11-20T20:51:12Z");
  private static final Instant NOW = Instant.parse("2026-11-20T20:51:29Z");
  private static final Mailbox SENDER = new Mailbox("me", "box.test");

  private static final String REPLY =
      "550-5.1.1 <bad@remote.test>: Recipient address rejected: 550 5.1.1 User unknown; see"
          + " http://example.net/help for what to do about it in your case";
  private static final String SAID =
      "host 127.0.0.1[127.0.0.1] said: " + REPLY + " (in reply to RCPT TO command)";

  private final DsnComposer composer =
      new DsnComposer("mail.example.test", "example.test", ZoneOffset.UTC);

  private static RecipientReport refused(Recipient recipient) {
    return new RecipientReport(
        recipient, Action.FAILED, EnhancedStatusCode.of("5.1.1"), SAID, "127.0.0.1", REPLY);
  }

  private static Recipient recipient(String local, String domain) {
    return Recipient.of(new Mailbox(local, domain));
  }

  private static DeliveryReport report(
      DeliveryReport.Kind kind, @Nullable Instant until, RecipientReport... recipients) {
    return new DeliveryReport(
        kind,
        "3F58E20C0DC",
        ReversePath.of(SENDER),
        null,
        ARRIVAL,
        until,
        false,
        List.of(recipients));
  }

  private String compose(DeliveryReport report, String content, boolean headerOnly) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    return new String(
        composer.compose(report, SENDER, NOW, new OriginalMessage(bytes, headerOnly)),
        StandardCharsets.UTF_8);
  }

  @Test
  void theHeaderIsPostfixs() {
    String text =
        compose(
            report(DeliveryReport.Kind.FAILURE, null, refused(recipient("bad", "remote.test"))),
            "Subject: hello\n\nbody\n",
            false);

    assertThat(text)
        .startsWith(
            """
            Date: Fri, 20 Nov 2026 20:51:29 +0000 (UTC)
            From: Mail Delivery System <MAILER-DAEMON@example.test>
            Subject: Undelivered Mail Returned to Sender
            To: me@box.test
            Auto-Submitted: auto-replied
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=delivery-status;
            \tboundary="3F58E20C0DC.1795207889/mail.example.test"
            Content-Transfer-Encoding: 8bit

            This is a MIME-encapsulated message.

            --3F58E20C0DC.1795207889/mail.example.test
            Content-Description: Notification
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: 8bit

            This is the mail system at host mail.example.test.
            """);
  }

  @Test
  void thePartsForProgramsArePostfixsToTheByte() {
    Recipient bad = recipient("bad", "remote.test");
    Recipient alias =
        recipient("al", "example.test").redirectedTo(new Mailbox("bad", "remote.test"));
    RecipientReport plain =
        new RecipientReport(
            recipient("noenh", "remote.test"),
            Action.FAILED,
            EnhancedStatusCode.of("5.0.0"),
            "host 127.0.0.1[127.0.0.1] said: 550 go away (in reply to RCPT TO command)",
            "127.0.0.1",
            "550 go away");

    String text =
        compose(
            report(DeliveryReport.Kind.FAILURE, null, refused(bad), refused(alias), plain),
            "Subject: hello\n\nbody text\n.dot\n",
            false);

    assertThat(text)
        .endsWith(
            """

            --3F58E20C0DC.1795207889/mail.example.test
            Content-Description: Delivery report
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mail.example.test
            X-Postfix-Queue-ID: 3F58E20C0DC
            X-Postfix-Sender: rfc822; me@box.test
            Arrival-Date: Fri, 20 Nov 2026 20:51:12 +0000 (UTC)

            Final-Recipient: rfc822; bad@remote.test
            Original-Recipient: rfc822;bad@remote.test
            Action: failed
            Status: 5.1.1
            Remote-MTA: dns; 127.0.0.1
            Diagnostic-Code: smtp; 550-5.1.1 <bad@remote.test>: Recipient address rejected:
                550 5.1.1 User unknown; see http://example.net/help for what to do about it
                in your case

            Final-Recipient: rfc822; bad@remote.test
            Original-Recipient: rfc822;al@example.test
            Action: failed
            Status: 5.1.1
            Remote-MTA: dns; 127.0.0.1
            Diagnostic-Code: smtp; 550-5.1.1 <bad@remote.test>: Recipient address rejected:
                550 5.1.1 User unknown; see http://example.net/help for what to do about it
                in your case

            Final-Recipient: rfc822; noenh@remote.test
            Original-Recipient: rfc822;noenh@remote.test
            Action: failed
            Status: 5.0.0
            Remote-MTA: dns; 127.0.0.1
            Diagnostic-Code: smtp; 550 go away

            --3F58E20C0DC.1795207889/mail.example.test
            Content-Description: Undelivered Message
            Content-Type: message/rfc822
            Content-Transfer-Encoding: 8bit

            Return-Path: <me@box.test>
            Subject: hello

            body text
            .dot

            --3F58E20C0DC.1795207889/mail.example.test--
            """);
  }

  @Test
  void theNotificationSaysWhatFailedAndWhatItMeans() {
    Recipient alias =
        recipient("al", "example.test").redirectedTo(new Mailbox("bad", "remote.test"));

    String text =
        compose(report(DeliveryReport.Kind.FAILURE, null, refused(alias)), "Subject: x\n", true);

    assertThat(text)
        .contains(
            """

            <bad@remote.test> (expanded from <al@example.test>): host 127.0.0.1[127.0.0.1]
                said: 550-5.1.1 <bad@remote.test>: Recipient address rejected: 550 5.1.1
                User unknown; see http://example.net/help for what to do about it in your
                case (in reply to RCPT TO command)

                There is no such mailbox there. Check the part before the @ for a typing
                error.
            """);
  }

  @Test
  void aWarningSaysUntilWhenAndReturnsTheHeaderOnly() {
    RecipientReport delayed =
        new RecipientReport(
            recipient("nobody", "dead.test"),
            Action.DELAYED,
            EnhancedStatusCode.of("4.4.1"),
            "connect to 127.0.0.1[127.0.0.1]:10027: Connection refused",
            null,
            null);

    String text =
        compose(
            report(DeliveryReport.Kind.DELAY, Instant.parse("2026-11-25T20:51:12Z"), delayed),
            "From: Me <me@box.test>\nSubject: hello\n",
            true);

    assertThat(text)
        .contains("Subject: Delayed Mail (still being retried)\n")
        .contains("THIS IS A WARNING ONLY")
        .endsWith(
            """

            Final-Recipient: rfc822; nobody@dead.test
            Original-Recipient: rfc822;nobody@dead.test
            Action: delayed
            Status: 4.4.1
            Diagnostic-Code: X-Postfix; connect to 127.0.0.1[127.0.0.1]:10027: Connection
                refused
            Will-Retry-Until: Wed, 25 Nov 2026 20:51:12 +0000 (UTC)

            --3F58E20C0DC.1795207889/mail.example.test
            Content-Description: Undelivered Message Headers
            Content-Type: text/rfc822-headers
            Content-Transfer-Encoding: 8bit

            Return-Path: <me@box.test>
            From: Me <me@box.test>
            Subject: hello

            --3F58E20C0DC.1795207889/mail.example.test--
            """);
  }

  @Test
  void whatTheSenderAskedForComesBack() {
    Recipient asked =
        new Recipient(
            new Mailbox("bad", "remote.test"),
            new Mailbox("bad", "remote.test"),
            new DsnRequest(Set.of(DsnRequest.Event.FAILURE), "rfc822;first@elsewhere.test"));
    DeliveryReport report =
        new DeliveryReport(
            DeliveryReport.Kind.FAILURE,
            "Q",
            ReversePath.of(SENDER),
            "env+1",
            ARRIVAL,
            null,
            false,
            List.of(refused(asked)));

    assertThat(compose(report, "", true))
        .contains("\nOriginal-Envelope-Id: env+1\n")
        .contains("\nOriginal-Recipient: rfc822;first@elsewhere.test\n");
  }

  @Test
  void anAddressBeyondAsciiGetsTheFormOfRfc6533() {
    String text =
        compose(
            report(DeliveryReport.Kind.FAILURE, null, refused(recipient("bäd", "remote.test"))),
            "Subject: x\n\nbody\n",
            false);

    assertThat(text)
        .contains(
            """
            Content-Description: Delivery report
            Content-Type: message/global-delivery-status
            Content-Transfer-Encoding: 8bit
            """)
        .contains("\nFinal-Recipient: utf-8; bäd@remote.test\n")
        .contains("\nOriginal-Recipient: utf-8;bäd@remote.test\n")
        .contains("\nContent-Type: message/global\n");
  }

  @Test
  void aServersReplyCannotAddFields() { // RFC 3464 §2.1.2
    RecipientReport hostile =
        new RecipientReport(
            recipient("bad", "remote.test"),
            Action.FAILED,
            EnhancedStatusCode.of("5.1.1"),
            "said: x\r\n\r\nAction: delivered",
            "evil\nStatus: 2.0.0",
            "550 x\nAction: delivered");

    String text = compose(report(DeliveryReport.Kind.FAILURE, null, hostile), "", true);

    assertThat(text)
        .contains("\nRemote-MTA: dns; evil?Status: 2.0.0\n")
        .contains("\nDiagnostic-Code: smtp; 550 x?Action: delivered\n")
        .doesNotContain("\nAction: delivered")
        .doesNotContain("\nStatus: 2");
  }

  @Test
  void aWordLongerThanALineStaysWhole() {
    StringBuilder out = new StringBuilder();

    Wrap.append(out, "a " + "x".repeat(100) + " b", false);

    assertThat(out).hasToString("a\n    " + "x".repeat(100) + "\n    b\n");
  }

  @Test
  void aHeaderBeyondAsciiIsReturnedAsTheMessageItIs() { // RFC 6532 §3.7
    DeliveryReport report =
        report(DeliveryReport.Kind.FAILURE, null, refused(recipient("bad", "remote.test")));

    assertThat(compose(report, "Subject: gr\u00fcn\n\nx\n", false))
        .contains("\nContent-Type: message/delivery-status\n")
        .contains("\nContent-Type: message/global\nContent-Transfer-Encoding: 8bit\n");
    assertThat(compose(report, "Subject: gr\u00fcn\n", true))
        .contains("\nContent-Type: message/global-headers\n");
    assertThat(compose(report, "Subject: x\n\ngr\u00fcn\n", false))
        .contains("\nContent-Type: message/rfc822\n");
    byte[] latin1 = "Subject: gr\u00fcn\n\nx\n".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(
            new String(
                composer.compose(report, SENDER, NOW, new OriginalMessage(latin1, false)),
                StandardCharsets.ISO_8859_1))
        .contains("\nContent-Type: message/rfc822\n");
  }

  @Test
  void anOriginalRecipientBeyondAsciiIsEncodedInAnAsciiReport() { // RFC 6533 §3
    Mailbox ascii = new Mailbox("joerg", "remote.test");
    Recipient recipient =
        new Recipient(ascii, ascii, new DsnRequest(Set.of(), "utf-8;j\u00f6rg@x.test"));

    assertThat(
            compose(
                report(DeliveryReport.Kind.FAILURE, null, refused(recipient)),
                "Subject: x\n\nx\n",
                false))
        .contains("\nContent-Type: message/delivery-status\n")
        .contains("\nOriginal-Recipient: utf-8;j\\x{F6}rg@x.test\n");
  }
}

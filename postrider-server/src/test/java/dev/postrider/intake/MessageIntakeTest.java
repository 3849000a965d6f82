package dev.postrider.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.config.Config;
import dev.postrider.event.Events;
import dev.postrider.log.RememberedLog;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.spool.RamSpool;
import dev.postrider.spool.StoredMessage;
import dev.postrider.table.TableSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What Debian's Postfix makes of the same input, line by line. */
class MessageIntakeTest {
  private static final Origin.Local ROOT = new Origin.Local(0, "root", "root");
  private static final Mailbox DEST = new Mailbox("c", "d");

  private final RememberedLog log = new RememberedLog();
  private final RamSpool spool =
      new RamSpool(InstantSource.fixed(Instant.parse("2026-11-20T20:53:33Z")));
  private final List<StoredMessage> told = new ArrayList<>();
  private Map<String, String> changes = Map.of();

  private MessageIntake intake() {
    Map<String, String> settings =
        new HashMap<>(
            Map.of(
                "myhostname", "mail.example.test",
                "mydomain", "example.test",
                "myorigin", "example.test",
                "compatibility_level", "3.6"));
    settings.putAll(changes);
    Config config = Config.of(Path.of("/nonexistent"), settings);
    IntakeSource source = IntakeSource.of(config, TableSource.none());
    return new MessageIntake(
        () -> source, spool, log, MessageIntake.Listener.of(told::add), Events.none());
  }

  private static Envelope envelope(ReversePath sender, Mailbox... recipients) {
    List<Recipient> all = new ArrayList<>();
    for (Mailbox mailbox : recipients) {
      all.add(Recipient.of(mailbox));
    }
    return Envelope.of(sender, all);
  }

  private IntakeOutcome store(Origin origin, Envelope envelope, boolean collect, String content)
      throws IOException {
    return intake()
        .store(
            new Submission(envelope, origin, collect),
            new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void reportsAskedForConcernRecipientsOfTheHeader() throws IOException {
    DsnRequest success = new DsnRequest(Set.of(DsnRequest.Event.SUCCESS), null);
    Envelope nobodyYet = envelope(ReversePath.of(new Mailbox("root", "")));
    Submission submission = new Submission(nobodyYet, ROOT, true, success);

    StoredMessage message =
        stored(
            intake()
                .store(
                    submission,
                    new ByteArrayInputStream(
                        "To: a@b.test\n\nx\n".getBytes(StandardCharsets.UTF_8))));

    assertThat(message.envelope().recipients())
        .singleElement()
        .satisfies(each -> assertThat(each.dsn()).isEqualTo(success));
  }

  /** A message of root's, as it is stored, without its Received header. */
  private String local(String content) throws IOException {
    ReversePath root = ReversePath.of(new Mailbox("root", ""));
    return withoutReceived(stored(store(ROOT, envelope(root, DEST), false, content)));
  }

  private static StoredMessage stored(IntakeOutcome outcome) {
    assertThat(outcome).isInstanceOf(IntakeOutcome.Stored.class);
    return ((IntakeOutcome.Stored) outcome).message();
  }

  private static String refused(IntakeOutcome outcome) {
    assertThat(outcome).isInstanceOf(IntakeOutcome.Refused.class);
    return ((IntakeOutcome.Refused) outcome).reply().oneLine();
  }

  private static String text(StoredMessage message) throws IOException {
    try (InputStream in = message.content().open()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String withoutReceived(StoredMessage message) throws IOException {
    String id = message.id().shortForm();
    String text = text(message).replace(id, "QID");
    assertThat(text).startsWith("Received: ");
    return text.substring(text.indexOf("\n", text.indexOf("\n\t") + 1) + 1)
        .replaceAll("Date: Fri, 20 Nov 2026 .*", "Date: DATE");
  }

  private static final String ADDED =
      """
      Message-Id: <20261120205333.QID@mail.example.test>
      Date: DATE
      From: root <root@example.test>
      """;

  @Test
  void aLocalMessageIsCompletedBehindItsOwnHeaders() throws IOException {
    assertThat(local("Subject: t1\n\nbody\n")).isEqualTo("Subject: t1\n" + ADDED + "\nbody\n");
  }

  @Test
  void theTraceHeaderNamesTheUser() throws IOException {
    StoredMessage message =
        stored(
            store(ROOT, envelope(ReversePath.of(new Mailbox("root", "")), DEST), false, "\nx\n"));

    assertThat(text(message))
        .startsWith(
            "Received: by mail.example.test (Postrider, from userid 0)\n\tid "
                + message.id().shortForm()
                + "; Fri, 20 Nov 2026 ");
    assertThat(message.envelope().sender().external()).isEqualTo("root@example.test");
    assertThat(log.text())
        .containsExactly(
            "pickup: " + message.id().shortForm() + ": uid=0 from=<root>",
            "cleanup: "
                + message.id().shortForm()
                + ": message-id=<20261120205333."
                + message.id().shortForm()
                + "@mail.example.test>");
    assertThat(told).containsExactly(message);
  }

  @Test
  void whatIsThereIsNotAdded() throws IOException {
    String whole = "Date: yesterday\nMessage-ID: <x@y>\nFrom: a@b\n\nx\n";

    assertThat(local(whole)).isEqualTo(whole);
    assertThat(local("From: \nTo:\nDate:\nMessage-Id:\n\nx\n"))
        .isEqualTo("From: \nTo:\nDate:\nMessage-Id:\n\nx\n");
  }

  @Test
  void whereTheHeaderEndsWithoutAnEmptyLineOneIsPutIn() throws IOException {
    assertThat(local("no header\nline\n")).isEqualTo(ADDED + "\nno header\nline\n");
    assertThat(local("Subject: s\nthis is body\n"))
        .isEqualTo("Subject: s\n" + ADDED + "\nthis is body\n");
    assertThat(local(" leading\nSubject: s\n")).isEqualTo(ADDED + "\n leading\nSubject: s\n");
    assertThat(local(": no name\n")).isEqualTo(ADDED + "\n: no name\n");
  }

  @Test
  void anEmptyMessageGetsAHeaderAndNoBody() throws IOException {
    assertThat(local("")).isEqualTo(ADDED);
    assertThat(local("\nbody only")).isEqualTo(ADDED + "\nbody only\n");
    assertThat(local("Subject: x")).isEqualTo("Subject: x\n" + ADDED);
  }

  @Test
  void hiddenRecipientsAreNeverShown() throws IOException {
    assertThat(
            local(
                "bcc: a@b\n c@d\nResent-Bcc: x\nReturn-Path: <y>\nContent-Length: 5\nX: y\n\nz\n"))
        .doesNotContainIgnoringCase("bcc")
        .doesNotContain("c@d\n")
        .doesNotContain("Return-Path")
        .doesNotContain("Content-Length")
        .startsWith("X: y\n");
  }

  @Test
  void bareAddressesInHeadersAreCompleted() throws IOException {
    assertThat(
            local(
                """
                From: mdadm monitoring <root>
                To: c@d, Bob <bob>, "Q. X" <q@e>, (c) z@e (cm)
                X-To: root
                Reply-To: me, you

                To: root
                """))
        .startsWith(
            """
            From: mdadm monitoring <root@example.test>
            To: c@d, Bob <bob@example.test>, "Q. X" <q@e>, z@e (c) (cm)
            X-To: root
            Reply-To: me@example.test, you@example.test
            """)
        .endsWith("\n\nTo: root\n");
  }

  @Test
  void aMessageSentOnIsCompletedWithItsResentHeaders() throws IOException {
    assertThat(local("Resent-To: q@r\nTo: a@b\n\nx\n"))
        .isEqualTo(
            """
            Resent-To: q@r
            To: a@b
            Resent-Message-Id: <20261120205333.QID@mail.example.test>
            Resent-Date: DATE
            Resent-From: root <root@example.test>

            x
            """);
  }

  @Test
  void aNameIsQuotedWhereItMustBe() throws IOException {
    ReversePath sender = ReversePath.of(new Mailbox("env", "x.y"));
    for (var pair :
        Map.of(
                "J. Doe", "\"J. Doe\" <env@x.y>",
                "Full \"N\" x", "\"Full \\\"N\\\" x\" <env@x.y>",
                "Jörg", "Jörg <env@x.y>",
                "", "env@x.y",
                "a\nBcc: x", "\"a Bcc: x\" <env@x.y>")
            .entrySet()) {
      Origin origin = new Origin.Local(5, "u", pair.getKey());

      assertThat(text(stored(store(origin, envelope(sender, DEST), false, "\nx\n"))))
          .contains("\nFrom: " + pair.getValue() + "\n\nx\n");
    }
    assertThat(
            text(
                stored(store(ROOT, envelope(new ReversePath.Null(), DEST), false, "Subject: x\n"))))
        .contains("\nFrom: MAILER-DAEMON\n");
  }

  @Test
  void aNetworkClientsMessageIsPassedOnAsItIs() throws IOException {
    Origin.Remote remote =
        new Origin.Remote(
            "h\r\nX: y",
            "unknown",
            InetAddress.ofLiteral("2001:db8::1"),
            "ESMTP",
            null,
            null,
            false,
            new Origin.Service("smtpd", "mail.example.test", 0));
    Envelope envelope =
        envelope(ReversePath.of(new Mailbox("a", "b")), DEST, new Mailbox("e", "f"));

    StoredMessage message = stored(store(remote, envelope, false, "To: root\n\nx\n"));

    assertThat(text(message).replaceAll("\t[A-Z].. *, .*|\tFri, .*", "\tDATE"))
        .isEqualTo(
            "Received: from h??X: y (unknown [IPv6:2001:db8::1])\n\tby mail.example.test"
                + " (Postrider) with ESMTP id "
                + message.id().shortForm()
                + ";\n\tDATE\nTo: root\n\nx\n");
    assertThat(log.text())
        .containsExactly(
            "smtpd: " + message.id().shortForm() + ": client=unknown[2001:db8::1]",
            "cleanup: " + message.id().shortForm() + ": message-id=<>");
  }

  @Test
  void recipientsOfTheHeaderAreAddedAndEachIsNamedOnce() throws IOException {
    StoredMessage message =
        stored(
            store(
                ROOT,
                envelope(ReversePath.of(new Mailbox("root", "")), DEST, new Mailbox("C", "D")),
                true,
                "To: c@d, Bob <bob>\nCc: list: a@l, b@l;\nBcc: secret@s\n\nTo: body@b\n"));

    assertThat(message.envelope().recipients())
        .extracting(recipient -> recipient.mailbox().external())
        .containsExactly("c@d", "bob@example.test", "a@l", "b@l", "secret@s");
    assertThat(text(message)).doesNotContain("secret");
  }

  @Test
  void aResentFieldThatNamesNobodyHidesTheOthersToo() throws IOException {
    StoredMessage message =
        stored(
            store(
                ROOT,
                envelope(ReversePath.of(new Mailbox("root", "")), new Mailbox("c", "d")),
                true,
                "To: old@b\nResent-To:\n\nx\n"));

    assertThat(message.envelope().recipients())
        .extracting(recipient -> recipient.mailbox().external())
        .containsExactly("c@d");
  }

  @Test
  void resentRecipientsTakeTheOthersPlace() throws IOException {
    StoredMessage message =
        stored(
            store(
                ROOT,
                envelope(ReversePath.of(new Mailbox("root", ""))),
                true,
                "To: old@b\nResent-To: q@r\nBcc: old2@b\nResent-Bcc: s@r\n\nx\n"));

    assertThat(message.envelope().recipients())
        .extracting(recipient -> recipient.mailbox().external())
        .containsExactly("q@r", "s@r");
  }

  @Test
  void withoutRecipientsNothingIsStored() throws IOException {
    Envelope nobody = envelope(ReversePath.of(new Mailbox("root", "")));

    assertThat(refused(store(ROOT, nobody, true, "To: undisclosed-recipients:;\n\nx\n")))
        .contains("No recipient addresses found in message header");
    assertThat(spool.messages()).isEmpty();
  }

  @Test
  void tooManyHopsAreRefused() throws IOException {
    Envelope envelope = envelope(ReversePath.of(new Mailbox("a", "b")), DEST);

    assertThat(store(ROOT, envelope, false, "Received: x\n".repeat(48)))
        .isInstanceOf(IntakeOutcome.Stored.class);
    assertThat(refused(store(ROOT, envelope, false, "Received: x\n".repeat(49))))
        .isEqualTo("554 5.4.0 Error: too many hops");
  }

  @Test
  void aHeaderBeyondTheLimitIsCut() throws IOException {
    changes = Map.of("header_size_limit", "1000");

    String text =
        local("X-Long: " + "y".repeat(50_000) + "\n " + "z".repeat(50_000) + "\nA: b\n\nx\n");

    assertThat(text.indexOf('\n')).isEqualTo(1000);
    assertThat(text.substring(1001)).startsWith("A: b\nMessage-Id: ").endsWith("\n\nx\n");
  }

  @Test
  void aLineWithoutEndIsBody() throws IOException {
    assertThat(local("x".repeat(200_000))).isEqualTo(ADDED + "\n" + "x".repeat(200_000) + "\n");
  }

  @Test
  void whatIsTooLargeIsReadToItsEndAndRefused() throws IOException {
    changes = Map.of("message_size_limit", "1000");
    InputStream content = new ByteArrayInputStream(new byte[100_000]);

    IntakeOutcome outcome =
        intake()
            .store(new Submission(envelope(new ReversePath.Null(), DEST), ROOT, false), content);

    assertThat(refused(outcome)).isEqualTo("552 5.3.4 Error: message file too big");
    assertThat(content.read()).isEqualTo(-1);
    assertThat(spool.messages()).isEmpty();
  }

  @Test
  void contentThatBreaksOffLeavesNothing() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("gone");
          }
        };

    assertThatThrownBy(() ->
            intake()
                .store(new Submission(envelope(new ReversePath.Null(), DEST), ROOT, false), broken))
        .isInstanceOf(IOException.class);
    assertThat(spool.messages()).isEmpty();
    assertThat(told).isEmpty();
  }

  @Test
  void whyTheQueueCannotTakeAMessageIsInTheLog() throws IOException {
    spool.failWrites(true);

    IntakeOutcome outcome =
        store(ROOT, envelope(ReversePath.of(new Mailbox("a", "b")), DEST), false, "Subject: x\n");

    assertThat(outcome).isInstanceOf(IntakeOutcome.Refused.class);
    assertThat(log.text().getLast())
        .endsWith(": queue file write error: No space left on device")
        .startsWith("cleanup: error: ");
  }

  @Test
  void theLineOfAMailboxFileInFrontOfTheHeaderBecomesAField() throws IOException {
    Origin.Remote remote =
        new Origin.Remote(
            "h",
            "localhost",
            InetAddress.ofLiteral("127.0.0.1"),
            "ESMTP",
            null,
            null,
            false,
            new Origin.Service("smtpd", "mail.example.test", 0));
    String content = "From a Mon Nov 2\n>from b\nSubject: x\n\nFrom here on\n";

    StoredMessage message =
        stored(
            store(remote, envelope(ReversePath.of(new Mailbox("a", "b")), DEST), false, content));

    assertThat(text(message))
        .endsWith(
            "\nX-Mailbox-Line: From a Mon Nov 2\nX-Mailbox-Line: >from b\nSubject: x\n\nFrom here"
                + " on\n");
  }

  @Test
  void noReturnCharacterIsStored() throws IOException {
    assertThat(local("Subject: a\rb\nX: c\r\n\nx\ry\r\n"))
        .startsWith("Subject: a b\nX: c \n")
        .doesNotContain("\r");
  }

  @Test
  void aRequestForUndisclosedRecipientsIsHonoured() throws IOException {
    changes = Map.of("undisclosed_recipients_header", "To: undisclosed-recipients:;");

    assertThat(local("Subject: s\n\nx\n"))
        .isEqualTo("Subject: s\n" + ADDED + "To: undisclosed-recipients:;\n\nx\n");
    assertThat(local("Cc: a@b\n\nx\n")).doesNotContain("undisclosed");
  }

  @Test
  void aDotlessHostGetsTheDomainWhenAsked() throws IOException {
    changes = Map.of("append_dot_mydomain", "yes");

    assertThat(local("To: a@host\n\nx\n")).startsWith("To: a@host.example.test\n");
  }
}

package dev.postrider.smtpd;

import static dev.postrider.smtpd.SmtpService.dialog;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.spool.StoredMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** RFC 5321 in dialogues, with the replies of Debian's Postfix. */
class SmtpSessionTest {
  private static final String MESSAGE =
      """
      S: 220 mail.example.test ESMTP
      C: EHLO client.example
      S: 250-mail.example.test
      C: MAIL FROM:<a@b.example>
      S: 250 2.1.0 Ok
      C: RCPT TO:<c@d.example>
      S: 250 2.1.5 Ok
      C: DATA
      S: 354 End data with <CR><LF>.<CR><LF>
      C: Subject: hello
      C:
      C: body
      C: .
      S: 250 2.0.0 Ok: queued as\s
      C: QUIT
      S: 221 2.0.0 Bye
      S: EOF
      """;

  @Test
  void aMessageKeepsWhatIsKnownOfItsClient() throws Exception {
    SmtpService service = dialog(MESSAGE.replace("C: EHLO client.example", "C: EHLO a\u001b<b>;"));

    dev.postrider.mail.envelope.Client client =
        service.spool.messages().findFirst().orElseThrow().envelope().client();
    assertThat(client.port()).isBetween(1, 65_535);
    assertThat(client)
        .isEqualTo(
            dev.postrider.mail.envelope.Client.unauthenticated(
                "localhost", "127.0.0.1", client.port(), "a??b??", "ESMTP"));
  }

  @Test
  void aMessageIsStoredBeforeItIsAcknowledged() throws Exception {
    SmtpService service = dialog(MESSAGE);

    StoredMessage message = service.spool.messages().findFirst().orElseThrow();
    assertThat(message.envelope().sender().external()).isEqualTo("a@b.example");
    assertThat(message.envelope().recipients().getFirst().mailbox().external())
        .isEqualTo("c@d.example");
    assertThat(SmtpService.text(message))
        .matches(
            """
            Received: from client\\.example \\(localhost \\[127\\.0\\.0\\.1\\]\\)
            \\tby mail\\.example\\.test \\(Postrider\\) with ESMTP id [0-9A-F]+
            \\tfor <c@d\\.example>; ..., \\d+ ... \\d{4} \\d\\d:\\d\\d:\\d\\d [-+]\\d{4} \\(\\w+\\)
            Subject: hello
            Message-Id: <\\d{14}\\.[0-9A-F]+@mail\\.example\\.test>
            Date: ..., \\d+ ... \\d{4} \\d\\d:\\d\\d:\\d\\d [-+]\\d{4} \\(\\w+\\)
            From: a@b\\.example

            body
            """);
  }

  @Test
  void theLogHasPostfixsLinesInPostfixsOrder() throws Exception {
    SmtpService service = dialog(MESSAGE);

    String id = service.spool.messages().findFirst().orElseThrow().id().shortForm();
    List<String> lines = service.log.text();
    assertThat(lines).element(0).isEqualTo("smtpd: connect from localhost[127.0.0.1]");
    assertThat(lines).element(1).isEqualTo("smtpd: " + id + ": client=localhost[127.0.0.1]");
    assertThat(lines).element(2).asString().startsWith("cleanup: " + id + ": message-id=<2");
    assertThat(lines)
        .element(3)
        .isEqualTo(
            "smtpd: disconnect from localhost[127.0.0.1] ehlo=1 mail=1 rcpt=1 data=1 quit=1"
                + " commands=5");
  }

  @Test
  void ehloAnnouncesWhatIsOfferedAndHeloNothing() throws Exception {
    dialog(
        """
        S: 220
        C: HELO client.example
        S: 250 mail.example.test
        C: QUIT
        S: 221
        """);
    try (SmtpService service = SmtpService.start(Map.of());
        SmtpService.Client client = service.connect()) {
      assertThat(client.reply()).startsWith("220 ");
      assertThat(client.ask("EHLO [127.0.0.1]"))
          .isEqualTo(
              """
              250-mail.example.test
              250-PIPELINING
              250-SIZE 10240000
              250-VRFY
              250-ENHANCEDSTATUSCODES
              250-8BITMIME
              250-DSN
              250 SMTPUTF8\
              """);
    }
  }

  @Test
  void keywordsOfEhloCanBeHidden() throws Exception {
    try (SmtpService service =
            SmtpService.start(
                Map.of(
                    "smtpd_discard_ehlo_keywords",
                    "dsn, SMTPUTF8",
                    "disable_vrfy_command",
                    "yes",
                    "message_size_limit",
                    "0"));
        SmtpService.Client client = service.connect()) {
      client.reply();
      assertThat(client.ask("EHLO x"))
          .isEqualTo(
              """
              250-mail.example.test
              250-PIPELINING
              250-SIZE
              250-ENHANCEDSTATUSCODES
              250 8BITMIME\
              """);
      assertThat(client.ask("VRFY root")).isEqualTo("502 5.5.1 VRFY command is disabled");
      assertThat(client.ask("MAIL FROM:<a@b> RET=FULL"))
          .isEqualTo("501 5.7.1 DSN support is disabled");
    }
  }

  @Test
  void commandsOutOfOrderAreRefusedAndChangeNothing() throws Exception {
    dialog(
        """
        S: 220
        C: RCPT TO:<a@b.example>
        S: 503 5.5.1 Error: need MAIL command
        C: DATA
        S: 503 5.5.1 Error: need RCPT command
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Ok
        C: MAIL FROM:<c@d.example>
        S: 503 5.5.1 Error: nested MAIL command
        C: DATA
        S: 554 5.5.1 Error: no valid recipients
        C: RCPT TO:<a@b.example>
        S: 250 2.1.5 Ok
        C: EHLO again
        S: 250-
        C: RCPT TO:<a@b.example>
        S: 503 5.5.1 Error: need MAIL command
        """);
  }

  @Test
  void aGreetingIsRequiredOnlyWhenConfigured() throws Exception {
    dialog(
        Map.of("smtpd_helo_required", "yes"),
        """
        S: 220
        C: MAIL FROM:<a@b.example>
        S: 503 5.5.1 Error: send HELO/EHLO first
        C: HELO x
        S: 250
        C: MAIL FROM:<a@b.example>
        S: 250
        """);
  }

  @Test
  void whatIsNoCommandIsRefusedAndTheSessionLives() throws Exception {
    dialog(
        """
        S: 220
        C: FOO
        S: 500 5.5.2 Error: command not recognized
        C:
        S: 500 5.5.2 Error: bad syntax
        C: STARTTLS
        S: 502 5.5.1 Error: command not implemented
        C: AUTH PLAIN
        S: 503 5.5.1 Error: authentication not enabled
        C: RSET now
        S: 501 5.5.4 Syntax: RSET
        C: ETRN example.test
        S: 459 <example.test>: service unavailable
        C> EHLO \\xff\\r\\n
        S: 500 5.5.2 Error: bad UTF-8 syntax
        C> noop\\n
        S: 250 2.0.0 Ok
        C>   NOOP\\r\\r\\n
        S: 250 2.0.0 Ok
        C> NO\\0OP\\r\\n
        S: 500 5.5.2 Error: command not recognized
        """);
  }

  @Test
  void theWebAndTlsAreSentAway() throws Exception {
    for (String line : List.of("GET / HTTP/1.1", "POST / HTTP/1.1", "CONNECT x:25", "Subject: x")) {
      dialog(
          "S: 220\nC: " + line + "\nS: 221 2.7.0 Error: I can break rules, too. Goodbye.\nS: EOF");
    }
    SmtpService service =
        dialog("S: 220\nC> \\x16\\x03\\x01\\r\\n\nS: 221 2.7.0 Error: I can break rules\nS: EOF");

    assertThat(service.log.text().get(1))
        .startsWith("smtpd: warning: non-SMTP command from localhost[127.0.0.1]: ");
  }

  @Test
  void theNullSenderIsAlwaysTaken() throws Exception {
    SmtpService service = dialog(MESSAGE.replace("<a@b.example>", "<>"));

    assertThat(service.spool.messages().findFirst().orElseThrow().envelope().sender().isNull())
        .isTrue();
  }

  @Test
  void postmasterWithoutDomainIsCompletedAtTheOrigin() throws Exception {
    SmtpService service = dialog(MESSAGE.replace("<c@d.example>", "<Postmaster>"));

    var recipient =
        service.spool.messages().findFirst().orElseThrow().envelope().recipients().getFirst();
    assertThat(recipient.mailbox().external()).isEqualTo("Postmaster@example.test");
    assertThat(recipient.original().external()).isEqualTo("Postmaster");
  }

  @Test
  void parametersOfMailAreReadAndChecked() throws Exception {
    dialog(
        """
        S: 220
        C: EHLO x
        S: 250-
        C: MAIL FROM:<a@b> FOO=bar
        S: 555 5.5.4 Unsupported option: FOO=bar
        C: MAIL FROM:<a@b> SIZE=abc
        S: 501 5.5.4 Bad message size syntax
        C: MAIL FROM:<a@b> SIZE=-1
        S: 501 5.5.4 Bad message size syntax
        C: MAIL FROM:<a@b> SIZE=99999999999999999999
        S: 552 5.3.4 Message size exceeds file system imposed limit
        C: MAIL FROM:<a@b> SIZE=99999999
        S: 552 5.3.4 Message size exceeds fixed limit
        C: MAIL FROM:<a@b> BODY=BINARYMIME
        S: 555 5.5.4 Unsupported option: BODY=BINARYMIME
        C: MAIL FROM:<a@b> RET=FULL RET=HDRS
        S: 501 5.5.4 Bad RET parameter syntax
        C: MAIL FROM:<a@b> ENVID=+G1
        S: 501 5.5.4 Bad ENVID parameter syntax
        C: MAIL FROM:<a@b> SMTPUTF8=x
        S: 555 5.5.4 Unsupported option: SMTPUTF8=x
        C: MAIL FROM <a@b>
        S: 501 5.5.4 Syntax: MAIL FROM:<address>
        C: MAIL FROM:<a@b
        S: 501 5.1.7 Bad sender address syntax
        """);
  }

  @Test
  void parametersOfRcptAreReadAndChecked() throws Exception {
    dialog(
        """
        S: 220
        C: MAIL FROM:<a@b>
        S: 250
        C: RCPT TO:<>
        S: 501 5.1.3 Bad recipient address syntax
        C: RCPT TO:
        S: 501 5.5.4 Syntax: RCPT TO:<address>
        C: RCPT TO:<a@b> NOTIFY=NEVER,SUCCESS
        S: 501 5.5.4 Error: Bad NOTIFY parameter syntax
        C: RCPT TO:<a@b> ORCPT=foo
        S: 501 5.5.4 Error: Bad ORCPT parameter syntax
        C: RCPT TO:<a@b> ORCPT=rfc822;a+G1
        S: 501 5.5.4 Error: Bad ORCPT parameter syntax
        C: RCPT TO:<a@b> SIZE=1
        S: 555 5.5.4 Unsupported option: SIZE=1
        """);
  }

  @Test
  void whatTheSenderAsksToBeToldReachesTheEnvelope() throws Exception {
    SmtpService service =
        dialog(
            MESSAGE
                .replace("<a@b.example>", "<a@b.example> RET=HDRS ENVID=id+2B1 BODY=8BITMIME")
                .replace("<c@d.example>", "<c@d.example> NOTIFY=success,DELAY ORCPT=rfc822;o+40x"));

    Envelope envelope = service.spool.messages().findFirst().orElseThrow().envelope();
    assertThat(envelope.returnContent()).isEqualTo(Envelope.ReturnContent.HEADERS);
    assertThat(envelope.envelopeId()).isEqualTo("id+1");
    assertThat(envelope.recipients().getFirst().dsn().events())
        .containsExactlyInAnyOrder(DsnRequest.Event.SUCCESS, DsnRequest.Event.DELAY);
    assertThat(envelope.recipients().getFirst().dsn().originalRecipient()).isEqualTo("rfc822;o@x");
  }

  @Test
  void anOriginalRecipientBeyondAsciiIsReadInItsOwnEncoding() throws Exception { // RFC 6533 §3
    for (String given : List.of("j\\x{F6}rg\\x{2B}x@x", "j\u00c3\u00b6rg\\x{2B}x@x")) {
      SmtpService service =
          dialog(MESSAGE.replace("<c@d.example>", "<c@d.example> ORCPT=utf-8;" + given));

      Envelope envelope = service.spool.messages().findFirst().orElseThrow().envelope();
      assertThat(envelope.recipients().getFirst().dsn().originalRecipient())
          .isEqualTo("utf-8;j\u00f6rg+x@x");
    }
  }

  @Test
  void aStrangerMayNotRelayButMayWriteToUs() throws Exception {
    SmtpService service =
        dialog(
            Map.of(
                "mynetworks",
                "192.0.2.0/24",
                "smtpd_relay_restrictions",
                "permit_mynetworks, reject_unauth_destination"),
            """
            S: 220
            C: EHLO h
            S: 250-
            C: MAIL FROM:<a@b>
            S: 250
            C: RCPT TO:<x@elsewhere.example>
            S: 554 5.7.1 <x@elsewhere.example>: Relay access denied
            C: RCPT TO:<x%elsewhere.example@example.test>
            S: 554 5.7.1
            C: RCPT TO:<elsewhere!x@example.test>
            S: 554 5.7.1
            C: RCPT TO:<@example.test:x@elsewhere.example>
            S: 554 5.7.1 <x@elsewhere.example>: Relay access denied
            C: RCPT TO:<x@EXAMPLE.test>
            S: 250 2.1.5 Ok
            C: RCPT TO:<root>
            S: 250 2.1.5 Ok
            C: RCPT TO:<x@[127.0.0.1]>
            S: 250 2.1.5 Ok
            C: VRFY x@elsewhere.example
            S: 554 5.7.1
            C: VRFY <root>
            S: 252 2.0.0 <root>
            """);

    assertThat(service.log.text())
        .contains(
            "smtpd: NOQUEUE: reject: RCPT from localhost[127.0.0.1]: 554 5.7.1"
                + " <x@elsewhere.example>: Relay access denied; from=<a@b>"
                + " to=<x@elsewhere.example> proto=ESMTP helo=<h>");
  }

  @Test
  void theSameRecipientGetsOneCopy() throws Exception {
    SmtpService service =
        dialog(
            MESSAGE.replace(
                "C: RCPT TO:<c@d.example>\nS: 250 2.1.5 Ok\n",
                "C: RCPT TO:<c@d.example>\nS: 250 2.1.5 Ok\n".repeat(5)
                    + "C: RCPT TO:<C@D.example>\nS: 250 2.1.5 Ok\n"));

    assertThat(service.spool.messages().findFirst().orElseThrow().envelope().recipients())
        .hasSize(1);
    assertThat(service.stored().getFirst()).doesNotContain("for <");
  }

  @Test
  void aServiceHasItsOwnNameAndSizeLimit() throws Exception {
    try (SmtpService service = SmtpService.start(Map.of())) {
      service.settings =
          SmtpService.settingsOf(
              SmtpService.configuration(
                  Map.of("message_size_limit", "1000", "myhostname", "other.example.test")));
      try (SmtpService.Client client = service.connect()) {
        Dialog.play(
            client,
            """
            S: 220 other.example.test
            C: EHLO x
            S: 250-other.example.test
            C: MAIL FROM:<a@b>
            S: 250
            C: RCPT TO:<c@d>
            S: 250
            C: DATA
            S: 354
            C: %s
            C: .
            S: 552 5.3.4 Error: message file too big
            C: MAIL FROM:<a@b>
            S: 250
            C: RCPT TO:<c@d>
            S: 250
            C: DATA
            S: 354
            C: .
            S: 250
            """
                .formatted("y".repeat(1100)));
      }

      assertThat(service.stored())
          .hasSize(1)
          .first()
          .asString()
          .contains("\tby other.example.test");
    }
  }

  @Test
  void aClientCannotNameItselfIntoTheTrace() throws Exception {
    SmtpService service =
        dialog(
            """
            S: 220
            C: EHLO bank.example (bank.example [192.0.2.1])
            S: 250-
            C: MAIL FROM:<a@b>
            S: 250
            C: RCPT TO:<c@d>
            S: 250
            C: DATA
            S: 354
            C: .
            S: 250
            """);

    assertThat(service.stored())
        .first()
        .asString()
        .startsWith(
            "Received: from bank.example??bank.example?[192.0.2.1]? (localhost [127.0.0.1])\n");
  }

  @Test
  void aSpoolThatCannotStoreDefersTheMessage() throws Exception {
    try (SmtpService service = SmtpService.start(Map.of());
        SmtpService.Client client = service.connect()) {
      service.spool.failCommits(true);
      client.reply();
      client.ask("MAIL FROM:<a@b>");
      client.ask("RCPT TO:<c@d>");
      client.ask("DATA");
      client.send("x\r\n.\r\n");

      assertThat(client.reply()).isEqualTo("451 4.3.0 Error: queue file write error");
    }
  }

  @Test
  void repliesToAPipelinedGroupComeInOrder() throws Exception {
    try (SmtpService service = SmtpService.start(Map.of());
        SmtpService.Client client = service.connect()) {
      client.reply();
      client.ask("EHLO x");
      client.send("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<bad\r\nDATA\r\n");
      assertThat(client.reply()).startsWith("250 2.1.0");
      assertThat(client.reply()).startsWith("250 2.1.5");
      assertThat(client.reply()).startsWith("501 5.1.3");
      assertThat(client.reply()).startsWith("354");
      client.send("x\r\n.\r\nRSET\r\nMAIL FROM:<e@f>\r\nQUIT\r\n");
      assertThat(client.reply()).startsWith("250 2.0.0 Ok: queued");
      assertThat(client.reply()).startsWith("250 2.0.0");
      assertThat(client.reply()).startsWith("250 2.1.0");
      assertThat(client.reply()).startsWith("221");
      assertThat(client.rest()).isEmpty();
      assertThat(service.stored()).hasSize(1);
    }
  }

  @Test
  void aClientThatTalksOutOfTurnIsStopped() throws Exception {
    try (SmtpService service = SmtpService.start(Map.of("smtpd_forbid_unauth_pipelining", "yes"));
        SmtpService.Client client = service.connect()) {
      client.reply();
      client.send("EHLO x\r\nMAIL FROM:<a@b>\r\n");

      assertThat(client.rest()).isEqualTo("554 5.5.0 Error: SMTP protocol synchronization\r\n");
      service.log.await(
          "improper command pipelining after EHLO from localhost[127.0.0.1]:"
              + " MAIL FROM:<a@b>\\r\\n");
    }
  }

  @Test
  void aPasswordSentOutOfTurnIsNotLogged() throws Exception {
    try (SmtpService service = SmtpService.start(Map.of());
        SmtpService.Client client = service.connect()) {
      client.reply();
      client.send("EHLO x\r\nAUTH LOGIN\r\nc2VjcmV0\r\nNOOP\r\nQUIT\r\n");

      assertThat(client.rest()).startsWith("554 5.5.0 ");
      service.log.await(
          "improper command pipelining after EHLO from localhost[127.0.0.1]:"
              + " AUTH LOGIN\\r\\n********\\r\\nNOOP\\r\\nQUIT\\r\\n");
    }
  }

  @Test
  void aProgramOnStandardInputMaySendAnywhere() throws Exception {
    try (SmtpService service = SmtpService.start(Map.of("mynetworks", "192.0.2.1"))) {
      String input =
          "EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<x@elsewhere.example>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n";
      ByteArrayOutputStream output = new ByteArrayOutputStream();

      SmtpSession.onStreams(
              new ByteArrayInputStream(input.getBytes(StandardCharsets.US_ASCII)),
              output,
              service.settings,
              service.intake,
              service.log)
          .run();

      assertThat(output.toString(StandardCharsets.US_ASCII)).contains("250 2.0.0 Ok: queued as");
      assertThat(service.stored()).hasSize(1);
    }
  }
}

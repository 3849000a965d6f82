package dev.postrider.smtpd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.io.Pause;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.spool.StoredMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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

  private static SmtpService dialog(Map<String, String> changes, String script) throws Exception {
    try (SmtpService service = SmtpService.start(changes);
        SmtpService.Client client = service.connect()) {
      Dialog.play(client, script);
      return service;
    }
  }

  private static SmtpService dialog(String script) throws Exception {
    return dialog(Map.of(), script);
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
  void recipientsBeyondTheLimitAreDeferredAndTheOthersKept() throws Exception {
    SmtpService service =
        dialog(
            Map.of("smtpd_recipient_limit", "2", "smtpd_hard_error_limit", "2"),
            """
            S: 220
            C: MAIL FROM:<a@b>
            S: 250
            C: RCPT TO:<r1@b>
            S: 250
            C: RCPT TO:<r2@b>
            S: 250
            C: RCPT TO:<r3@b>
            S: 452 4.5.3 Error: too many recipients
            C: RCPT TO:<r4@b>
            S: 452 4.5.3 Error: too many recipients
            C: RCPT TO:<r5@b>
            S: 452 4.5.3 Error: too many recipients
            C: DATA
            S: 354
            C: .
            S: 250 2.0.0
            """);

    assertThat(service.spool.messages().findFirst().orElseThrow().envelope().recipients())
        .hasSize(2);
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
  void tooManyErrorsEndTheSession() throws Exception {
    SmtpService service =
        dialog(
            Map.of("smtpd_hard_error_limit", "3"),
            """
            S: 220
            C: FOO
            S: 500
            C: FOO
            S: 500
            C: FOO
            S: 500
            S: 421 4.7.0 mail.example.test Error: too many errors
            S: EOF
            """);

    assertThat(service.log.text())
        .contains("smtpd: too many errors after UNKNOWN from localhost[127.0.0.1]");
  }

  @Test
  void commandsThatDoNothingCountAsErrorsInTheEnd() throws Exception {
    dialog(
        Map.of("smtpd_junk_command_limit", "2", "smtpd_hard_error_limit", "2"),
        """
        S: 220
        C: NOOP
        S: 250
        C: RSET
        S: 250
        C: VRFY root
        S: 252
        C: NOOP
        S: 250
        C: NOOP
        S: 250
        S: 421 4.7.0
        S: EOF
        """);
  }

  @Test
  void aSilentClientIsToldAndDropped() throws Exception {
    SmtpService service =
        dialog(
            Map.of("smtpd_timeout", "1"),
            """
            S: 220
            C: EHLO x
            S: 250-
            S: 421 4.4.2 mail.example.test Error: timeout exceeded
            S: EOF
            """);

    assertThat(service.log.text()).contains("smtpd: timeout after EHLO from localhost[127.0.0.1]");
  }

  @Test
  void aClientThatTypesOneByteAtATimeHasOneTimeoutForItsCommand() throws Exception {
    try (SmtpService service = SmtpService.start(Map.of("smtpd_timeout", "1"));
        SmtpService.Client client = service.connect()) {
      client.reply();
      Thread typist = typist(client);

      assertThat(client.reply()).startsWith("421 4.4.2");
      typist.interrupt();
    }
  }

  /** Sends a byte five times a second until it is stopped: the pace is what is tested. */
  private static Thread typist(SmtpService.Client client) {
    return Thread.ofVirtual()
        .start(() -> {
          try {
            do {
              client.send("N");
            } while (Pause.of(Duration.ofMillis(200)));
          } catch (java.io.IOException e) {
            return;
          }
        });
  }

  @Test
  void aCommandThatBeginsInAGroupHasOneTimeoutToo() throws Exception {
    try (SmtpService service = SmtpService.start(Map.of("smtpd_timeout", "1"));
        SmtpService.Client client = service.connect()) {
      client.reply();
      client.ask("EHLO x");
      client.send("RSET\r\nN");
      assertThat(client.reply()).startsWith("250 2.0.0");
      Thread typist = typist(client);

      assertThat(client.reply()).startsWith("421 4.4.2");
      typist.interrupt();
    }
  }

  @Test
  void aClientThatReadsNoRepliesIsDropped() throws Exception {
    Map<String, String> patient =
        Map.of(
            "smtpd_timeout", "1",
            "smtpd_soft_error_limit", "100000000",
            "smtpd_hard_error_limit", "100000000");
    try (SmtpService service = SmtpService.start(patient);
        SmtpService.Client client = service.connect()) {
      client.reply();
      client.ask("EHLO x");
      String refused = ("MAIL FROM:<a@b> " + "x".repeat(100) + "\r\n").repeat(500);
      Thread talker =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  while (true) {
                    client.send(refused);
                  }
                } catch (java.io.IOException e) {
                  return;
                }
              });

      service.log.await("disconnect from localhost[127.0.0.1]");
      talker.join();
      assertThat(service.log.text())
          .filteredOn(line -> line.contains(" after "))
          .containsExactly("smtpd: timeout after MAIL from localhost[127.0.0.1]");
    }
  }

  @Test
  void silenceInsideAMessageLeavesNothingBehind() throws Exception {
    SmtpService service =
        dialog(
            Map.of("smtpd_timeout", "1"),
            """
            S: 220
            C: MAIL FROM:<a@b>
            S: 250
            C: RCPT TO:<c@d>
            S: 250
            C: DATA
            S: 354
            C: Subject: half
            S: 421 4.4.2
            S: EOF
            """);

    assertThat(service.stored()).isEmpty();
    assertThat(service.log.text()).anyMatch(line -> line.contains("timeout after DATA ("));
  }

  @Test
  void aClientThatLeavesInsideAMessageLeavesNothingBehind() throws Exception {
    try (SmtpService service = SmtpService.start(Map.of())) {
      try (SmtpService.Client client = service.connect()) {
        client.reply();
        client.ask("MAIL FROM:<a@b>");
        client.ask("RCPT TO:<c@d>");
        client.ask("DATA");
        client.send("Subject: half\r\n");
      }
      service.log.await("lost connection after DATA (");
      service.log.await("disconnect from localhost[127.0.0.1] mail=1 rcpt=1 data=0/1 commands=2/3");

      assertThat(service.stored()).isEmpty();
    }
  }

  @Test
  void anOversizeMessageIsReadToItsEndAndRefused() throws Exception {
    try (SmtpService service = SmtpService.start(Map.of("message_size_limit", "1000"));
        SmtpService.Client client = service.connect()) {
      client.reply();
      client.ask("MAIL FROM:<a@b>");
      client.ask("RCPT TO:<c@d>");
      client.ask("DATA");
      client.send(("x".repeat(98) + "\r\n").repeat(2000) + "MAIL FROM:<smuggled@b>\r\n.\r\n");

      assertThat(client.reply()).isEqualTo("552 5.3.4 Error: message file too big");
      assertThat(client.ask("NOOP")).isEqualTo("250 2.0.0 Ok");
      assertThat(service.stored()).isEmpty();
    }
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
  void aLongLineIsCutAndTheNextOneIsALine() throws Exception {
    try (SmtpService service = SmtpService.start(Map.of());
        SmtpService.Client client = service.connect()) {
      client.reply();

      assertThat(client.ask("NOOP " + "x".repeat(100_000))).isEqualTo("250 2.0.0 Ok");
      assertThat(client.ask("NOOP")).isEqualTo("250 2.0.0 Ok");
      service.log.await("request longer than 2048: NOOP xxxx");
    }
  }

  @Test
  void anIdleSessionEndsAtOnceWhenTheServiceStops() throws Exception {
    try (SmtpService service = SmtpService.start(Map.of());
        SmtpService.Client client = service.connect()) {
      client.reply();
      client.ask("EHLO x");

      assertThat(service.listener.close(Duration.ofSeconds(5))).isTrue();
      assertThat(client.rest()).startsWith("421 4.3.2 mail.example.test ");
    }
  }

  @Test
  void aMessageInHandIsFinishedWhenTheServiceStops() throws Exception {
    try (SmtpService service = SmtpService.start(Map.of());
        SmtpService.Client client = service.connect()) {
      client.reply();
      client.ask("MAIL FROM:<a@b>");
      client.ask("RCPT TO:<c@d>");
      client.ask("DATA");
      CompletableFuture<Boolean> closed =
          CompletableFuture.supplyAsync(() -> {
            try {
              return service.listener.close(Duration.ofSeconds(10));
            } catch (InterruptedException e) {
              return false;
            }
          });
      client.send("x\r\n.\r\n");

      assertThat(client.reply()).startsWith("250 2.0.0 Ok: queued");
      assertThat(client.reply()).startsWith("421 4.3.2");
      assertThat(closed.get()).isTrue();
      assertThat(service.stored()).hasSize(1);
    }
  }

  @Test
  void newSettingsHoldForNewSessionsOnly() throws Exception {
    try (SmtpService service = SmtpService.start(Map.of());
        SmtpService.Client before = service.connect()) {
      before.reply();
      service.settings =
          SmtpService.settingsOf(SmtpService.configuration(Map.of("message_size_limit", "777")));
      try (SmtpService.Client after = service.connect()) {
        after.reply();

        assertThat(after.ask("EHLO x")).contains("SIZE 777");
        assertThat(before.ask("EHLO x")).contains("SIZE 10240000");
      }
    }
  }

  @Test
  void oneStrangerCannotTakeAllPlaces() throws Exception {
    try (SmtpService service =
            SmtpService.start(
                Map.of("mynetworks", "192.0.2.1", "smtpd_client_connection_count_limit", "1"));
        SmtpService.Client first = service.connect();
        SmtpService.Client second = service.connect()) {
      String one = first.reply();
      String two = second.reply();

      assertThat(List.of(one.substring(0, 3), two.substring(0, 3)))
          .containsExactlyInAnyOrder("220", "421");
      assertThat(one + two)
          .contains("421 4.7.0 mail.example.test Error: too many connections from 127.0.0.1");
    }
  }

  @Test
  void ourOwnClientsWaitForAPlace() throws Exception {
    try (SmtpService service = SmtpService.start(Map.of(), 1);
        SmtpService.Client first = service.connect()) {
      assertThat(first.reply()).startsWith("220");
      try (SmtpService.Client second = service.connect()) {
        service.log.await("has reached its process limit \"1\": new clients may experience");
        first.ask("QUIT");

        assertThat(second.reply()).startsWith("220");
      }
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

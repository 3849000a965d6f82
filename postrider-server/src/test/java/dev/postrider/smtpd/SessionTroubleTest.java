package dev.postrider.smtpd;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the postmaster hears of a session, by notify_classes. */
@Timeout(60)
class SessionTroubleTest {
  private static final String EVERYTHING =
      "bounce, 2bounce, data, delay, policy, protocol, resource, software";

  private static List<String> notices(String classes, Map<String, String> more, String script)
      throws Exception {
    Map<String, String> settings = new java.util.HashMap<>(more);
    settings.put("notify_classes", classes);
    return SmtpService.dialog(settings, script).stored();
  }

  @Test
  void aSessionWithTroubleIsToldInPostfixsWords() throws Exception {
    String notice =
        notices(
                "protocol",
                Map.of(),
                """
                S: 220
                C: FOO
                S: 500
                C> NOOP \\xC3\\xBC\\xFF\\x07 and very many words more than fit on a line of the letter, as it is\\r\\n
                S: 500
                C: QUIT
                S: 221
                S: EOF
                """)
            .getFirst();

    assertThat(notice)
        .contains("\nFrom: Mail Delivery System <MAILER-DAEMON@example.test>\n")
        .contains("\nTo: Postmaster <postmaster@example.test>\n")
        .contains("\nSubject: Postrider SMTP server: errors from localhost[127.0.0.1]\n")
        .contains("\nAuto-Submitted: auto-generated\n")
        .endsWith(
            """

            Transcript of session follows.

             Out: 220 mail.example.test ESMTP Postrider
             In:  FOO
             Out: 500 5.5.2 Error: command not recognized
             In:  NOOP \u00c3\u00bc?? and very many words more than fit on a line of the letter, as it
                 is
             Out: 500 5.5.2 Error: bad UTF-8 syntax
             In:  QUIT
             Out: 221 2.0.0 Bye


            For other details, see the local mail logfile
            """);
  }

  @Test
  void itGoesFromDoubleBounceToTheAddressForErrors() throws Exception {
    SmtpService service =
        SmtpService.dialog(
            Map.of("notify_classes", "protocol", "error_notice_recipient", "admin@far.test"),
            """
            S: 220
            C: FOO
            S: 500
            C: QUIT
            S: 221
            S: EOF
            """);

    var envelope = service.spool.messages().toList().getFirst().envelope();
    assertThat(envelope.sender().external()).isEqualTo("double-bounce@mail.example.test");
    assertThat(envelope.recipients())
        .extracting(each -> each.mailbox().external())
        .containsExactly("admin@far.test");
  }

  @ParameterizedTest
  @CsvSource({
    "protocol, FOO",
    "protocol, HELO",
    "protocol, MAIL",
    "protocol, MAIL FROM:<a@b> FOO",
    "protocol, MAIL FROM:<a@b> SIZE=x",
    "policy, MAIL FROM:<a@b> SIZE=99999999",
    "protocol, RCPT TO:<a@b>",
    "protocol, DATA",
    "protocol, RSET x",
    "protocol, AUTH PLAIN",
    "protocol, STARTTLS",
    "protocol, BDAT 1",
    "policy, XCLIENT NAME=x",
    "policy, XFORWARD NAME=x",
    "protocol, VRFY",
    "protocol, ETRN",
  })
  void aRefusedCommandIsOfOneClass(String wanted, String command) throws Exception {
    String script = "S: 220\nC: EHLO x\nS: 250\nC: " + command + "\nS: \nC: QUIT\nS: 221\nS: EOF\n";

    assertThat(notices(wanted, Map.of(), script)).hasSize(1);
    String others = EVERYTHING.replace(wanted + ", ", "");
    assertThat(notices(others, Map.of(), script)).isEmpty();
  }

  @Test
  void whoMayNotRelayIsAMatterOfPolicy() throws Exception {
    String script =
        """
        S: 220
        C: EHLO x
        S: 250
        C: MAIL FROM:<a@b>
        S: 250
        C: RCPT TO:<c@elsewhere.test>
        S: 554
        C: QUIT
        S: 221
        S: EOF
        """;

    assertThat(notices("policy", Map.of("mynetworks", "192.0.2.0/24"), script)).hasSize(1);
    assertThat(notices("protocol", Map.of("mynetworks", "192.0.2.0/24"), script)).isEmpty();
  }

  @Test
  void aMessageThatIsTooLargeIsToldAsABounceIs() throws Exception {
    SmtpService service =
        SmtpService.dialog(
            Map.of(
                "notify_classes", "bounce",
                "bounce_notice_recipient", "bounces@far.test",
                "message_size_limit", "3000"),
            """
            S: 220
            C: MAIL FROM:<a@b>
            S: 250
            C: RCPT TO:<root>
            S: 250
            C: DATA
            S: 354
            %s
            C: .
            S: 552
            C: QUIT
            S: 221
            S: EOF
            """
                .formatted(("C: " + "x".repeat(70) + "\n").repeat(60)));

    assertThat(service.spool.messages().toList().getFirst().envelope().recipients())
        .extracting(each -> each.mailbox().external())
        .containsExactly("bounces@far.test");
    assertThat(service.stored().getFirst()).doesNotContain("xxxx");
  }

  @Test
  void anUnwritableQueueIsAMatterOfResourcesByDefault() throws Exception {
    try (SmtpService service = SmtpService.start(Map.of());
        SmtpService.Client client = service.connect()) {
      client.reply();
      client.ask("MAIL FROM:<a@b>");
      client.ask("RCPT TO:<root>");
      client.ask("DATA");
      service.spool.failCommits(true);
      assertThat(client.ask(".")).startsWith("451 4.3.0");
      service.spool.failCommits(false);
      client.ask("QUIT");
      client.rest();
      service.listener.close();

      assertThat(service.stored()).hasSize(1);
      assertThat(service.stored().getFirst())
          .contains("\n Out: 451 4.3.0 Error: queue file write error\n");
    }
  }

  @Test
  void whyASessionEndedBeforeItsTimeIsSaid() throws Exception {
    List<String> tooMany =
        notices(
            "protocol",
            Map.of("smtpd_hard_error_limit", "2"),
            "S: 220\nC: FOO\nS: 500\nC: FOO\nS: 500\nS: 421\nS: EOF\n");
    assertThat(tooMany.getFirst())
        .contains(
            "\n Out: 421 4.7.0 mail.example.test Error: too many errors\n\n"
                + "Session aborted, reason: too many errors\n\nFor other");

    try (SmtpService service = SmtpService.start(Map.of("notify_classes", "protocol"))) {
      try (SmtpService.Client client = service.connect()) {
        client.reply();
        client.ask("FOO");
      }
      while (service.listener.sessionCount() > 0) {
        Thread.onSpinWait();
      }
      assertThat(service.stored().getFirst())
          .contains("\nSession aborted, reason: lost connection\n");
    }
  }

  @Test
  void noPasswordIsTold() throws Exception {
    String notice =
        notices(
                "protocol",
                Map.of(),
                """
                S: 220
                C: auth PLAIN AHVzZXIAc2VjcmV0
                S: 503
                C: AUTH AHVzZXIAc2VjcmV0
                S: 503
                C:  AUTH=LOGIN dXNlcg==
                S: 500
                C: dXNlcg==
                S: 500
                C: c2VjcmV0
                S: 500
                C: PASS secret
                S: 500
                C: FOO
                S: 500
                C: NOOP
                S: 250
                C: FOO
                S: 500
                C: QUIT
                S: 221
                S: EOF
                """)
            .getFirst();

    assertThat(notice)
        .doesNotContain("AHVzZXIAc2VjcmV0")
        .doesNotContain("dXNlcg")
        .doesNotContain("c2VjcmV0")
        .doesNotContain("secret")
        .contains("\n In:  auth PLAIN ********\n", "\n In:  AUTH ********\n", "\n In:  FOO\n");
  }

  @Test
  void aClientWithTooManyConnectionsIsAMatterOfPolicy() throws Exception {
    try (SmtpService service =
            SmtpService.start(
                Map.of(
                    "notify_classes", "policy",
                    "mynetworks", "192.0.2.0/24",
                    "smtpd_client_connection_count_limit", "1"));
        SmtpService.Client first = service.connect()) {
      assertThat(first.reply()).startsWith("220");
      try (SmtpService.Client second = service.connect()) {
        assertThat(second.reply()).startsWith("421 4.7.0");
        assertThat(second.rest()).isEmpty();
      }
      first.ask("QUIT");
      first.rest();
      service.listener.close(Duration.ofSeconds(10));

      assertThat(service.stored()).hasSize(1);
      assertThat(service.stored().getFirst())
          .contains(
              "\n\n Out: 421 4.7.0 mail.example.test Error: too many connections from 127.0.0.1\n");
    }
  }

  @Test
  void aSessionThatABugEndsIsAMatterOfSoftwareByDefault() throws Exception {
    try (SmtpService service = SmtpService.start(Map.of());
        Listener broken =
            new Listener(
                ListeningSocket.bind(
                    List.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))),
                () -> service.settings,
                (_, _) -> {
                  throw new IllegalStateException("a bug");
                },
                ClientNames.withoutLookup(),
                service.log,
                10)) {
      broken.start();
      try (SmtpService.Client client =
          new SmtpService.Client(broken.addresses().getFirst().getPort())) {
        client.reply();
        client.ask("MAIL FROM:<a@b>");
        client.ask("RCPT TO:<root>");
        client.ask("DATA");
        client.send("x\r\n.\r\n");
        assertThat(client.rest()).isEmpty();
      }
      assertThat(broken.close(Duration.ofSeconds(10))).isTrue();

      assertThat(service.stored()).hasSize(1);
      assertThat(service.stored().getFirst()).contains("\n In:  DATA\n Out: 354 End data");
    }
  }

  @Test
  void noPasswordIsLogged() throws Exception {
    SmtpService service =
        SmtpService.dialog(
            """
            S: 220
            C: AUTH PLAIN %s
            S: 503
            C: 3VzZXIAc2VjcmV0
            S: 221
            S: EOF
            """
                .formatted("AHVzZXIA".repeat(500)));

    assertThat(String.join("\n", service.log.text()))
        .contains("request longer than 2048: AUTH PLAIN ********...")
        .contains("non-SMTP command from localhost[127.0.0.1]: ********")
        .doesNotContain("AHVzZXIA")
        .doesNotContain("3VzZXIAc2VjcmV0");
  }

  @Test
  void aLongSessionIsToldInPartsAndKeptWithinBounds() throws Exception {
    String script =
        "S: 220\n" + "C: FOO\nS: 500\nC: NOOP\nS: 250\n".repeat(3) + "C: RSET\nS: 250\n";
    List<String> parts =
        notices(
            "protocol",
            Map.of("smtpd_history_flush_threshold", "10"),
            script + "C: NOOP\nS: 250\nC: BAR\nS: 500\nC: QUIT\nS: 221\nS: EOF\n");
    assertThat(parts).hasSize(2);
    assertThat(parts.get(0)).contains("In:  FOO").doesNotContain("In:  BAR");
    assertThat(parts.get(1)).contains("In:  BAR").doesNotContain("In:  FOO");

    String noise = "C: NOOP " + "x".repeat(1900) + "\nS: 250\n";
    String bounded =
        notices(
                "protocol",
                Map.of(),
                "S: 220\nC: FOO\nS: 500\n" + noise.repeat(80) + "C: QUIT\nS: 221\nS: EOF\n")
            .getFirst();
    assertThat(bounded.length()).isLessThan(100_000);
    assertThat(bounded)
        .contains("In:  FOO")
        .contains(" more are left out here)\n")
        .contains("\n In:  QUIT\n Out: 221 2.0.0 Bye\n");
  }

  @Test
  void aMillionSessionsDoNotMakeAMillionNotices() throws Exception {
    try (SmtpService service = SmtpService.start(Map.of("notify_classes", "protocol"))) {
      for (int i = 0; i < 25; i++) {
        try (SmtpService.Client client = service.connect()) {
          client.reply();
          client.ask("FOO");
          client.ask("QUIT");
          client.rest();
        }
      }
      service.listener.close();

      assertThat(service.stored()).hasSize(20);
      assertThat(service.log.text())
          .containsOnlyOnce(
              "smtpd: warning: notify_classes: 20 notices of class protocol within an hour: more are only"
                  + " counted until the hour is over (this log has every session)");
    }
  }
}

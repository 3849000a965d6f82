package dev.postrider.smtpd;

import static dev.postrider.smtpd.SmtpService.dialog;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.io.Pause;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a client may not do for ever: be silent, be wrong, be big, be many. */
class SmtpSessionLimitsTest {
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
}

package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.config.Config;
import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.MemoryContent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What RFC 5321 asks of a client, rule by rule, where no other test here has it. */
@Timeout(60)
class ClientRulesTest {
  static final String PLAIN =
      """
      S: 220 mx.example.net ESMTP
      C: EHLO client.example.com
      S: 250 mx.example.net
      """;

  static final String PIPELINING =
      """
      S: 220 mx.example.net ESMTP
      C: EHLO client.example.com
      S: 250-mx.example.net
      S: 250 PIPELINING
      """;

  static final String TAKES_ONE =
      """
      C: MAIL
      S: 250 2.1.0 Ok
      C: RCPT
      S: 250 2.1.5 Ok
      C: DATA
      S: 354 go on
      DATA
      S: 250 2.0.0 taken
      """;

  private static final String TIMED_OUT =
      "deferred 4.4.2 (conversation with 127.0.0.1[127.0.0.1] timed out while ";

  private final ClientBench bench = new ClientBench();

  @AfterEach
  void end() {
    bench.close();
  }

  @Test
  void c01TheTimeoutsAreThoseOfTheStandard() { // RFC 5321 §4.5.3.2
    ClientSettings settings =
        new ClientSettings(
            new ClientConfig(Config.of(Path.of("/nonexistent"), Map.of()), Dialect.SMTP));

    assertThat(
            List.of(
                settings.helloTimeout,
                settings.mailTimeout,
                settings.rcptTimeout,
                settings.dataInitTimeout,
                settings.dataTransferTimeout,
                settings.dataDoneTimeout))
        .containsExactly(300_000, 300_000, 300_000, 120_000, 180_000, 600_000);
  }

  @Test
  void c01EveryCommandHasATimeoutOfItsOwn() throws Exception {
    bench.set("smtp_rcpt_timeout", "1s");
    assertThat(bench.fate(PLAIN + "C: MAIL\nS: 250 ok\nC: RCPT\nWAIT"))
        .isEqualTo(TIMED_OUT + "sending RCPT TO)");
    bench.set("smtp_rcpt_timeout", "20s", "smtp_data_init_timeout", "1s");
    assertThat(bench.fate(PLAIN + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nWAIT"))
        .isEqualTo(TIMED_OUT + "sending DATA command)");
    bench.set("smtp_data_init_timeout", "20s", "smtp_data_done_timeout", "1s");
    assertThat(
            bench.fate(
                PLAIN + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nS: 354 go\nDATA\nWAIT"))
        .isEqualTo(TIMED_OUT + "sending end of data -- message may be sent more than once)");
  }

  @Test
  void c01AServerThatReadsNoMoreIsLeft() throws Exception {
    bench.set("smtp_data_xfer_timeout", "1s");
    try (ScriptedServer server =
        new ScriptedServer(
            PLAIN + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nS: 354 go\nSTOP")) {
      assertThat(
              ClientBench.line(
                  bench
                      .send(
                          server.nextHop(),
                          "Subject: x\n\n" + "text\n".repeat(2_000_000),
                          "b@example.net")
                      .getFirst()))
          .isEqualTo(TIMED_OUT + "sending message body)");
    }
  }

  @Test
  void c02CodesCountNotTexts() throws Exception {
    // A greeting without a text is a sign of a PIX too, for mail that has waited for some time.
    bench.set("smtp_pix_workarounds", "");
    assertThat(
            bench.fate(
                """
                S: 220
                C: EHLO
                S: 250
                C: MAIL
                S: 250
                C: RCPT
                S: 250 550 no such user
                C: DATA
                S: 354
                DATA
                S: 250
                """))
        .isEqualTo("sent 2.0.0 (250)");
  }

  @Test
  void c02OfAnUnknownCodeTheFirstDigitCounts() throws Exception {
    assertThat(
            bench.fate(
                PLAIN
                    + """
                    C: MAIL
                    S: 231 fine
                    C: RCPT
                    S: 299 whatever
                    C: DATA
                    S: 399 more
                    DATA
                    S: 288 done
                    """))
        .isEqualTo("sent 2.0.0 (288 done)");
    assertThat(bench.fate(PLAIN + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 499 later"))
        .startsWith("deferred 4.0.0");
    assertThat(bench.fate(PLAIN + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 599 never"))
        .startsWith("bounced 5.0.0");
  }

  @Test
  void c03AfterAReplyThatIsNoneNothingMoreIsSaid() throws Exception {
    for (String reply :
        List.of("S: 100 hi", "S: 600 hi", "S: 25", "S: 2500 x", "SB: \\x00\\r\\n")) {
      try (ScriptedServer server =
          new ScriptedServer(PLAIN + "C: MAIL\nS: 250 ok\nC: RCPT\n" + reply)) {
        String fate = ClientBench.line(bench.send(server.nextHop()));
        server.settle();

        assertThat(fate)
            .startsWith(
                "deferred 4.5.0 (protocol error: 127.0.0.1[127.0.0.1] while sending RCPT TO:"
                    + " non-SMTP reply: ");
        assertThat(server.heard()).last().asString().startsWith("RCPT");
      }
    }
  }

  @Test
  void c05HeloTakesAllExtensionsAway() throws Exception {
    assertThat(
            bench.fate(
                """
                S: 220 old
                C: EHLO client.example.com
                S: 502 5.5.1 what
                C: HELO client.example.com
                S: 250-old
                S: 250-SIZE 1
                S: 250 8BITMIME
                C: MAIL FROM:<a@example.com>
                S: 250 ok
                """
                    + TAKES_ONE.substring(TAKES_ONE.indexOf("C: RCPT"))))
        .startsWith("sent");
  }

  @Test
  void c05AServerThatClosesIsNotAskedAgain() throws Exception {
    assertThat(bench.fate("S: 220 x ESMTP\nC: EHLO\nS: 421 4.3.2 closing\nC: QUIT\n"))
        .isEqualTo(
            "deferred 4.3.2 (host 127.0.0.1[127.0.0.1] refused to talk to me:"
                + " 421 4.3.2 closing)");
  }

  @Test
  void c05TheNameMayBeAnAddress() throws Exception { // RFC 5321 §4.1.4
    bench.set("smtp_helo_name", "[192.0.2.1]");
    assertThat(bench.fate("S: 220 x ESMTP\nC: EHLO [192.0.2.1]\nS: 250 x\n" + TAKES_ONE))
        .startsWith("sent");
  }

  @Test
  void c06WhoIsOneTooManyWaitsAndTheOthersAreSentTo() throws Exception { // RFC 5321 §4.5.3.1.10
    for (String tooMany : List.of("452 4.5.3 too many", "552 too many")) {
      try (ScriptedServer server =
          new ScriptedServer(
              PIPELINING
                  + "C: MAIL\nC: RCPT\nC: RCPT\nC: RCPT\nC: DATA\nS: 250 ok\nS: 250 ok\nS: "
                  + tooMany
                  + "\nS: "
                  + tooMany
                  + "\nS: 354 go\nDATA\nS: 250 2.0.0 taken\n")) {
        List<DeliveryStatus> fates =
            bench.send(
                server.nextHop(), ClientBench.MESSAGE, "b@example.net", "c@d.test", "d@d.test");

        assertThat(ClientBench.line(fates.get(0))).startsWith("sent 2.0.0");
        assertThat(fates.subList(1, 3)).hasOnlyElementsOfType(DeliveryStatus.Deferred.class);
      }
    }
  }

  @Test
  void c07ARefusedSenderSaysNothingAboutOtherMail() throws Exception { // RFC 5321 §4.5.4.1
    try (ScriptedServer server =
        new ScriptedServer(
            PLAIN + "C: MAIL\nS: 550 5.1.8 no such domain\nC: RSET\nS: 250 ok\n" + TAKES_ONE)) {
      assertThat(ClientBench.line(bench.send(server.nextHop()))).startsWith("bounced 5.1.8");
      assertThat(ClientBench.line(bench.send(server.nextHop()))).startsWith("sent");
      assertThat(server.faults()).isEmpty();
    }
  }

  @Test
  void c07AfterARefusedGreetingTheNextServerIsTried() throws Exception {
    try (ScriptedServer first = new ScriptedServer("S: 554 5.3.2 not here\n");
        ScriptedServer second =
            new ScriptedServer(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), first.port()),
                PLAIN + TAKES_ONE)) {
      bench.dns.mx("d.test", NextHopRulesTest.mx(10, "a.test"), NextHopRulesTest.mx(20, "b.test"));
      bench.dns.address("a.test", "127.0.0.1").address("b.test", "127.0.0.2");
      DeliveryStatus status = bench.send("d.test:" + first.port());

      assertThat(status.attempt().relay()).startsWith("b.test[127.0.0.2]:");
      assertThat(second.connections()).isEqualTo(1);

      bench.set("smtp_skip_5xx_greeting", "no");
      assertThat(ClientBench.line(bench.send("d.test:" + first.port())))
          .startsWith("bounced 5.3.2");
    }
  }

  @Test
  void c09ARefusalInTheMiddleOfTheContentIsHeard() throws Exception {
    String large = "Subject: x\n\n" + "text\n".repeat(2_000_000);
    for (String end : List.of("CLOSE", "RESET", "STOP")) {
      try (ScriptedServer server =
          new ScriptedServer(
              PLAIN
                  + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nS: 354 go\nTAKE 20000\n"
                  + "S: 552 5.3.4 too big for me\n"
                  + end)) {
        DeliveryStatus status =
            bench
                .send(
                    server.nextHop(),
                    MemoryContent.of(large),
                    dev.postrider.mail.envelope.Envelope.of(
                        new dev.postrider.mail.address.ReversePath.Null(),
                        List.of(ClientBench.recipient("b@example.net"))))
                .getFirst();

        assertThat(ClientBench.line(status))
            .as(end)
            .isEqualTo(
                "bounced 5.3.4 (host 127.0.0.1[127.0.0.1] said: 552 5.3.4 too big for me (in"
                    + " reply to end of DATA command))");
      }
    }
  }
}

package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.FixedFate;
import dev.postrider.delivery.MemoryContent;
import dev.postrider.dns.MxHost;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.BodyType;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every outcome of a transaction in clear text, with Postfix's words for it. */
@Timeout(60)
class SmtpTransportTest {
  static final String PIPELINING =
      """
      S: 220 mx.example.net ESMTP
      C: EHLO client.example.com
      S: 250-mx.example.net
      S: 250-PIPELINING
      S: 250-SIZE 10000
      S: 250-8BITMIME
      S: 250 DSN
      """;

  private static final String PLAIN =
      """
      S: 220 mx.example.net ESMTP
      C: EHLO client.example.com
      S: 250 mx.example.net
      """;

  private final ClientBench bench = new ClientBench();

  @AfterEach
  void end() {
    bench.close();
  }

  private DeliveryStatus against(String script) throws Exception {
    try (ScriptedServer server = new ScriptedServer(script)) {
      DeliveryStatus status = bench.send(server.nextHop());
      assertThat(server.faults()).isEmpty();
      return status;
    }
  }

  @Test
  void aMessageGoesInOneWriteForTheEnvelopeAndOneForTheContent() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            PIPELINING
                + """
                C: MAIL FROM:<a@example.com> SIZE=57
                C: RCPT TO:<b@example.net>
                C: DATA
                S: 250 2.1.0 Ok
                S: 250 2.1.5 Ok
                S: 354 go on
                DATA
                S: 250 2.0.0 Ok: queued as 12345
                """)) {
      DeliveryStatus status = bench.send(server.nextHop());

      assertThat(ClientBench.line(status)).isEqualTo("sent 2.0.0 (250 2.0.0 Ok: queued as 12345)");
      assertThat(status.attempt().relay()).isEqualTo("127.0.0.1[127.0.0.1]:" + server.port());
      assertThat(status.attempt().diagnostic()).isEqualTo("250 2.0.0 Ok: queued as 12345");
      assertThat(server.contents())
          .containsExactly(
              "From: a@example.com\r\nTo: b@example.net\r\nSubject: hi\r\n\r\nhello\r\n");
      assertThat(server.faults()).isEmpty();
    }
  }

  @Test
  void aProbeEndsAfterTheAnswersToRcpt() throws Exception {
    for (String ehlo : List.of(PIPELINING, PLAIN)) {
      String mail =
          ehlo.equals(PIPELINING)
              ? """
              C: MAIL FROM:<a@example.com> SIZE=57
              C: RCPT TO:<b@example.net> ORCPT=rfc822;b@example.net
              C: RCPT TO:<c@example.net> ORCPT=rfc822;c@example.net
              S: 250 2.1.0 Ok
              S: 250 2.1.5 Ok
              S: 550 5.1.1 no such user
              """
              : """
              C: MAIL FROM:<a@example.com>
              S: 250 2.1.0 Ok
              C: RCPT TO:<b@example.net>
              S: 250 2.1.5 Ok
              C: RCPT TO:<c@example.net>
              S: 550 5.1.1 no such user
              """;
      try (ScriptedServer server = new ScriptedServer(ehlo + mail)) {
        Envelope probe =
            Envelope.of(
                    ReversePath.of(new Mailbox("a", "example.com")),
                    List.of(
                        ClientBench.recipient("b@example.net"),
                        ClientBench.recipient("c@example.net")))
                .withPurpose(Envelope.Purpose.PROBE);
        List<DeliveryStatus> fates =
            bench.send(server.nextHop(), MemoryContent.of(ClientBench.MESSAGE), probe);

        assertThat(ClientBench.line(fates.get(0))).isEqualTo("sent 2.1.5 (250 2.1.5 Ok)");
        assertThat(fates.get(1)).isInstanceOf(DeliveryStatus.Bounced.class);
        assertThat(server.contents()).isEmpty();
        assertThat(server.faults()).isEmpty();
      }
    }
  }

  @Test
  void withoutPipeliningEachReplyIsAwaited() throws Exception {
    String fate =
        ClientBench.line(
            against(
                PLAIN
                    + """
                    C: MAIL FROM:<a@example.com>
                    S: 250 ok
                    C: RCPT TO:<b@example.net>
                    S: 250
                    C: DATA
                    S: 354
                    DATA
                    S: 250
                    """));
    assertThat(fate).isEqualTo("sent 2.0.0 (250)");
  }

  @Test
  void refusedRecipientBouncesWithTheReply() throws Exception {
    String fate =
        ClientBench.line(
            against(
                PIPELINING
                    + """
                    C: MAIL
                    C: RCPT
                    C: DATA
                    S: 250 ok
                    S: 550-5.1.1 no such
                    S: 550 5.1.1 user
                    S: 554 no valid recipients
                    """));
    assertThat(fate)
        .isEqualTo(
            "bounced 5.1.1 (host 127.0.0.1[127.0.0.1] said: 550-5.1.1 no such 550 5.1.1 user"
                + " (in reply to RCPT TO command))");
  }

  @Test
  void enhancedCodeOfAnotherClassIsNotBelieved() throws Exception {
    String fate = ClientBench.line(against(PLAIN + "C: MAIL\nS: 451 5.7.1 greylisted\nC: QUIT\n"));
    assertThat(fate)
        .isEqualTo(
            "deferred 4.0.0 (host 127.0.0.1[127.0.0.1] said: 451 5.7.1 greylisted"
                + " (in reply to MAIL FROM command))");
  }

  @Test
  void ofAVeryLongReplyOnlyTheBeginningIsTold() throws Exception {
    String lines = ("S: 550-5.7.1 " + "y".repeat(100) + "\n").repeat(900);
    String fate =
        ClientBench.line(
            against(PLAIN + "C: MAIL\nS: 250 ok\nC: RCPT\n" + lines + "S: 550 5.7.1 end\n"));

    assertThat(fate).startsWith("bounced 5.7.1 (host 127.0.0.1[127.0.0.1] said: 550-5.7.1 yyy");
    assertThat(fate.length()).isBetween(2048, 2400);
  }

  @Test
  void aRefusedSenderIsAnsweredWithTheRemedyInTheLog() throws Exception {
    against(
        PLAIN
            + """
            C: MAIL
            S: 250 ok
            C: RCPT
            S: 554 5.7.1 <a@example.com>: Sender address rejected: Access denied
            """);

    assertThat(bench.log.text()).anyMatch(line -> line.contains("smtp_generic_maps"));
  }

  @Test
  void mailOfARefusedSenderIsKept() throws Exception {
    String fate =
        ClientBench.line(
            against(
                PIPELINING
                    + """
                    C: MAIL
                    C: RCPT
                    C: DATA
                    S: 553 5.7.1 <a@example.com>: Sender address rejected: not owned by user me
                    S: 503 5.5.1 need MAIL
                    S: 503 5.5.1 need RCPT
                    """));
    assertThat(fate)
        .startsWith("deferred 4.7.1 (host 127.0.0.1[127.0.0.1] said: 553 5.7.1 <a@example.com>")
        .endsWith("(in reply to MAIL FROM command))");
    assertThat(String.join("\n", bench.log.text()))
        .contains("Rewrite the sender with smtp_generic_maps");
  }

  @Test
  void recipientsAreJudgedOneByOne() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            PIPELINING
                + """
                C: MAIL
                C: RCPT TO:<good@example.net>
                C: RCPT TO:<later@example.net>
                C: RCPT TO:<never@example.net>
                C: RCPT TO:<many@example.net>
                C: DATA
                S: 250 ok
                S: 250 ok
                S: 450 4.2.0 later
                S: 550 5.1.1 never
                S: 552 too many recipients
                S: 354 go
                DATA
                S: 250 taken
                """)) {
      List<DeliveryStatus> fates =
          bench.send(
              server.nextHop(),
              ClientBench.MESSAGE,
              "good@example.net",
              "later@example.net",
              "never@example.net",
              "many@example.net");

      assertThat(fates.stream().map(s -> s.getClass().getSimpleName()))
          .containsExactly("Sent", "Deferred", "Bounced", "Deferred");
      assertThat(fates.get(3).code().klass()).isEqualTo(4);
      assertThat(server.faults()).isEmpty();
    }
  }

  @Test
  void dataGrantedWithoutAnyRecipientIsEndedByALoneDot() throws Exception { // RFC 2920 §3.1
    try (ScriptedServer server =
        new ScriptedServer(
            PIPELINING
                + """
                C: MAIL
                C: RCPT
                C: DATA
                S: 250 ok
                S: 550 5.1.1 no
                S: 354 go
                DATA
                S: 250 whatever
                """)) {
      DeliveryStatus status = bench.send(server.nextHop());

      assertThat(status).isInstanceOf(DeliveryStatus.Bounced.class);
      assertThat(server.contents()).containsExactly("");
    }
  }

  @Test
  void refusalAfterTheContentCountsForAllAccepted() throws Exception {
    String fate =
        ClientBench.line(
            against(
                PIPELINING
                    + """
                    C: MAIL
                    C: RCPT
                    C: DATA
                    S: 250 ok
                    S: 250 ok
                    S: 354 go
                    DATA
                    S: 554 5.6.0 no such content
                    """));
    assertThat(fate)
        .isEqualTo(
            "bounced 5.6.0 (host 127.0.0.1[127.0.0.1] said: 554 5.6.0 no such content"
                + " (in reply to end of DATA command))");
  }

  @Test
  void quotaRefusedForGoodIsOnlyDeferred() throws Exception {
    String fate =
        ClientBench.line(
            against(PLAIN + "C: MAIL\nS: 550 5.4.5 Daily user sending limit exceeded.\n"));
    assertThat(fate).startsWith("deferred 4.4.5 (host 127.0.0.1[127.0.0.1] said: 550 5.4.5 Daily");
  }

  @Test
  void refusedConnectionDefers() throws Exception {
    int port;
    try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      port = unused.getLocalPort();
    }

    DeliveryStatus status = bench.send("[127.0.0.1]:" + port);

    String text = "connect to 127.0.0.1[127.0.0.1]:" + port + ": Connection refused";
    assertThat(ClientBench.line(status)).isEqualTo("deferred 4.4.1 (" + text + ")");
    assertThat(status.attempt().relay()).isEqualTo("none");
    assertThat(bench.log.text()).contains("smtp: " + text);
  }

  @Test
  void unwillingServerDefersEvenIfItSaysNever() throws Exception {
    String fate = ClientBench.line(against("S: 554 5.3.2 no mail here\nC: QUIT\n"));
    assertThat(fate)
        .isEqualTo(
            "deferred 4.3.2 (host 127.0.0.1[127.0.0.1] refused to talk to me:"
                + " 554 5.3.2 no mail here)");
  }

  @Test
  void lostConnectionsAreNamedByWhatWasGoingOn() throws Exception {
    assertThat(ClientBench.line(against("CLOSE")))
        .isEqualTo(
            "deferred 4.4.2 (lost connection with 127.0.0.1[127.0.0.1] while receiving the initial"
                + " server greeting)");
    assertThat(ClientBench.line(against("S: 220 hi\nC: EHLO\nCLOSE")))
        .isEqualTo(
            "deferred 4.4.2 (lost connection with 127.0.0.1[127.0.0.1] while performing the EHLO"
                + " handshake)");
    assertThat(ClientBench.line(against(PLAIN + "C: MAIL\nS: 250 ok\nC: RCPT\nCLOSE")))
        .isEqualTo(
            "deferred 4.4.2 (lost connection with 127.0.0.1[127.0.0.1] while sending RCPT TO)");
    assertThat(
            ClientBench.line(
                against(
                    PLAIN
                        + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nS: 354 go\nDATA\n"
                        + "CLOSE")))
        .isEqualTo(
            "deferred 4.4.2 (lost connection with 127.0.0.1[127.0.0.1] while sending end of data"
                + " -- message may be sent more than once)");
  }

  @Test
  void silenceTimesOut() throws Exception {
    bench.set("smtp_helo_timeout", "1s", "smtp_mail_timeout", "1s");
    assertThat(ClientBench.line(against("WAIT")))
        .isEqualTo(
            "deferred 4.4.2 (conversation with 127.0.0.1[127.0.0.1] timed out while receiving the"
                + " initial server greeting)");
    assertThat(ClientBench.line(against(PIPELINING + "C: MAIL\nC: RCPT\nC: DATA\nWAIT")))
        .isEqualTo(
            "deferred 4.4.2 (conversation with 127.0.0.1[127.0.0.1] timed out while sending MAIL"
                + " FROM)");
  }

  @Test
  void endlessOrSenselessRepliesDefer() throws Exception {
    String longLine = "S- 250-" + "x".repeat(1000) + "\n";
    for (String reply :
        List.of(
            "S: 999 hi",
            "S: abc",
            "S: ",
            "S: 250-a\nS: 550 b",
            longLine.repeat(10) + "S: 250 end",
            "S: 250-again\n".repeat(1100) + "S: 250 end",
            "S: 354 go on then")) {
      DeliveryStatus status = against(PLAIN + "C: MAIL\n" + reply + "\nWAIT");
      assertThat(status).as(reply).isInstanceOf(DeliveryStatus.Deferred.class);
    }
  }

  @Test
  void dataAnsweredBy250GetsNoContent() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            PIPELINING + "C: MAIL\nC: RCPT\nC: DATA\nS: 250 ok\nS: 250 ok\nS: 250 ok\n")) {
      DeliveryStatus status = bench.send(server.nextHop());
      server.settle();

      assertThat(status).isInstanceOf(DeliveryStatus.Deferred.class);
      assertThat(server.heard()).noneMatch(line -> line.contains("hello"));
    }
  }

  @Test
  void oldServerIsGreetedByHelo() throws Exception {
    assertThat(
            against(
                """
                S: 220 old
                C: EHLO client.example.com
                S: 500 what
                C: HELO client.example.com
                S: 250 old
                C: MAIL FROM:<a@example.com>
                S: 250 ok
                C: RCPT
                S: 250 ok
                C: DATA
                S: 354 go
                DATA
                S: 250 ok
                """))
        .isInstanceOf(DeliveryStatus.Sent.class);
  }

  @Test
  void messageBeyondTheAnnouncedSizeBouncesUnsent() throws Exception {
    try (ScriptedServer server = new ScriptedServer(PIPELINING)) {
      String big = "Subject: big\n\n" + "x".repeat(20_000) + "\n";
      DeliveryStatus status = bench.send(server.nextHop(), big, "b@example.net").getFirst();

      assertThat(ClientBench.line(status))
          .isEqualTo(
              "bounced 5.3.4 (message size "
                  + big.length()
                  + " exceeds size limit 10000 of server 127.0.0.1[127.0.0.1])");
    }
  }

  @Test
  void addressesBeyondAsciiNeedSmtpUtf8() throws Exception {
    try (ScriptedServer server = new ScriptedServer(PIPELINING)) {
      DeliveryStatus status =
          bench.send(server.nextHop(), ClientBench.MESSAGE, "jürgen@example.net").getFirst();

      assertThat(ClientBench.line(status))
          .isEqualTo(
              "bounced 5.6.7 (SMTPUTF8 is required, but was not offered by host"
                  + " 127.0.0.1[127.0.0.1])");
    }
  }

  @Test
  void reportParametersArePassedOn() throws Exception { // RFC 3461 §5.2.1
    try (ScriptedServer server =
        new ScriptedServer(
            PIPELINING
                + """
                C: MAIL FROM:<> SIZE=57 BODY=8BITMIME ENVID=QQ+2B314 RET=HDRS
                C: RCPT TO:<b@example.net> ORCPT=rfc822;B+2BX@example.net NOTIFY=SUCCESS,FAILURE
                C: DATA
                S: 250 ok
                S: 250 ok
                S: 354 go
                DATA
                S: 250 ok
                """)) {
      Recipient recipient =
          new Recipient(
              new Mailbox("b", "example.net"),
              new Mailbox("b", "example.net"),
              new DsnRequest(
                  Set.of(DsnRequest.Event.SUCCESS, DsnRequest.Event.FAILURE),
                  "rfc822;B+X@example.net"));
      Envelope envelope =
          new Envelope(
              new ReversePath.Null(),
              List.of(recipient),
              BodyType.EIGHT_BIT_MIME,
              false,
              Envelope.ReturnContent.HEADERS,
              "QQ+314");

      DeliveryStatus status =
          bench.send(server.nextHop(), MemoryContent.of(ClientBench.MESSAGE), envelope).getFirst();

      assertThat(server.faults()).isEmpty();
      assertThat(status).isInstanceOf(DeliveryStatus.Sent.class);
    }
  }

  @Test
  void unreadableContentIsNeverCompletedByADot() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            PIPELINING + "C: MAIL\nC: RCPT\nC: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\nDATA\n")) {
      var broken =
          new dev.postrider.delivery.MessageContent() {
            @Override
            public long size() {
              return 100;
            }

            @Override
            public InputStream open() {
              return new InputStream() {
                @Override
                public int read() throws IOException {
                  throw new IOException("disk gone");
                }
              };
            }
          };
      DeliveryStatus status =
          bench
              .send(
                  server.nextHop(),
                  broken,
                  Envelope.of(
                      new ReversePath.Null(), List.of(ClientBench.recipient("b@example.net"))))
              .getFirst();
      server.settle();

      assertThat(ClientBench.line(status))
          .isEqualTo("deferred 4.3.0 (local data error while talking to 127.0.0.1[127.0.0.1])");
      assertThat(server.contents()).isEmpty();
    }
  }

  @Test
  void theNextServerGetsWhatTheFirstCannotTakeNow() throws Exception {
    try (ScriptedServer first = new ScriptedServer("S: 421 4.3.2 closing\n");
        ScriptedServer second =
            new ScriptedServer(
                PIPELINING
                    + "C: MAIL\nC: RCPT\nC: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\nDATA\n"
                    + "S: 250 ok\n")) {
      DeliveryStatus status = bench.send(first.nextHop() + ", " + second.nextHop());

      assertThat(status).isInstanceOf(DeliveryStatus.Sent.class);
      assertThat(status.attempt().relay()).endsWith(":" + second.port());
      assertThat(bench.log.text())
          .contains(
              "smtp: 4bXyZk1: host 127.0.0.1[127.0.0.1] refused to talk to me:"
                  + " 421 4.3.2 closing");
    }
  }

  @Test
  void namesThatDoNotExistBounceAndUnknownOnesWait() throws Exception {
    bench.dns.mx("busy.test", new dev.postrider.dns.DnsAnswer.TemporaryFailure<>("SERVFAIL"));
    bench.dns.mx("null.test", new MxHost(0, ""));

    assertThat(ClientBench.line(bench.send("gone.test")))
        .isEqualTo(
            "bounced 5.4.4 (Host or domain name not found. Name service error for name=gone.test"
                + " type=AAAA: Host not found)");
    assertThat(ClientBench.line(bench.send("busy.test")))
        .isEqualTo(
            "deferred 4.4.3 (Host or domain name not found. Name service error for name=busy.test"
                + " type=MX: Host not found, try again)");
    assertThat(ClientBench.line(bench.send("null.test")))
        .isEqualTo("bounced 5.1.0 (Domain null.test does not accept mail (nullMX))");
  }

  @Test
  void bodyBeyondSevenBitsIsNotSentToAServerWithout8BitMime() throws Exception {
    bench.set("disable_mime_output_conversion", "yes");
    try (ScriptedServer server = new ScriptedServer(PLAIN)) {
      DeliveryStatus status =
          bench.send(server.nextHop(), "Subject: x\n\ngrüße\n", "b@example.net").getFirst();

      assertThat(ClientBench.line(status)).startsWith("bounced 5.6.3 (8BITMIME is required");
    }
  }

  @Test
  void aDomainWhoseBestServerIsThisMachineGoesWhereBestMxTransportSays() throws Exception {
    bench.dns.mx("d.test", new MxHost(10, "us.test")).address("us.test", "127.0.0.1");
    assertThat(ClientBench.line(bench.send("d.test")))
        .isEqualTo("bounced 5.4.6 (mail for d.test loops back to myself)");

    bench.set("best_mx_transport", "box:2.1.5 taken").other("box", new FixedFate.Discard());
    assertThat(ClientBench.line(bench.send("d.test"))).isEqualTo("sent 2.1.5 (taken)");

    bench.set("best_mx_transport", "nosuch:");
    assertThat(ClientBench.line(bench.send("d.test")))
        .isEqualTo(
            "deferred 4.3.5 (best_mx_transport = nosuch:: master.cf has no service of that name"
                + " that delivers)");
  }
}

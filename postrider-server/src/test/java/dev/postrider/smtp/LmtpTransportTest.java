package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.MemoryContent;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** RFC 2033: what a mailbox server answers, and what becomes of each recipient. */
@Timeout(60)
class LmtpTransportTest {
  private static final String HELLO =
      """
      S: 220 mail LMTP
      C: LHLO client.example.com
      S: 250-mail
      S: 250-8BITMIME
      S: 250 PIPELINING
      """;

  private static final String THREE =
      """
      C: MAIL FROM:<a@example.com>
      C: RCPT TO:<b@example.net>
      C: RCPT TO:<c@example.net>
      C: RCPT TO:<d@example.net>
      C: DATA
      S: 250 2.1.0 Ok
      """;

  private static final String MAY_BE_SENT_AGAIN =
      "sending end of data -- message may be sent more than once";

  private final ClientBench bench = new ClientBench(Dialect.LMTP);

  @AfterEach
  void end() {
    bench.close();
  }

  private List<String> toThree(ScriptedServer server) throws Exception {
    List<DeliveryStatus> fates =
        bench.send(
            server.nextHop(),
            ClientBench.MESSAGE,
            "b@example.net",
            "c@example.net",
            "d@example.net");
    assertThat(server.faults()).isEmpty();
    return fates.stream()
        .map(status -> ClientBench.line(status).replace(":" + server.port(), ":PORT"))
        .toList();
  }

  private static String said(String reply, String command) {
    return "(host 127.0.0.1[127.0.0.1] said: %s (in reply to %s command))"
        .formatted(reply, command);
  }

  @Test
  void everyRecipientHasAFateOfHisOwn() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            HELLO
                + THREE
                + """
                S: 250 2.1.5 Ok
                S: 250 2.1.5 Ok
                S: 250 2.1.5 Ok
                S: 354 go on
                DATA
                S: 452 4.2.2 <b@example.net> mailbox is full
                S: 250 2.0.0 <c@example.net> saved
                S: 552 5.2.2 <d@example.net> quota exceeded
                """)) {
      assertThat(toThree(server))
          .containsExactly(
              "deferred 4.2.2 " + said("452 4.2.2 <b@example.net> mailbox is full", "end of DATA"),
              "sent 2.0.0 (250 2.0.0 <c@example.net> saved)",
              "bounced 5.2.2 " + said("552 5.2.2 <d@example.net> quota exceeded", "end of DATA"));
    }
  }

  @Test
  void whoIsRefusedAtRcptHasNoAnswerAfterTheContent() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            HELLO
                + THREE
                + """
                S: 250 2.1.5 Ok
                S: 550 5.1.1 <c@example.net> User doesn't exist
                S: 250 2.1.5 Ok
                S: 354 go on
                DATA
                S: 250 2.0.0 one
                S: 250 2.0.0 three
                """)) {
      assertThat(toThree(server))
          .containsExactly(
              "sent 2.0.0 (250 2.0.0 one)",
              "bounced 5.1.1 " + said("550 5.1.1 <c@example.net> User doesn't exist", "RCPT TO"),
              "sent 2.0.0 (250 2.0.0 three)");
    }
  }

  @Test
  void theConnectionIsKeptForTheNextMessage() throws Exception {
    String both =
        """
        C: MAIL
        C: RCPT
        C: DATA
        S: 250 ok
        S: 250 ok
        S: 354 go
        DATA
        S: 250 2.0.0 saved
        """;
    try (ScriptedServer server = new ScriptedServer(HELLO + both + both)) {
      DeliveryStatus first = bench.send(server.nextHop());
      DeliveryStatus second = bench.send(server.nextHop());

      assertThat(List.of(first.attempt().connectionUses(), second.attempt().connectionUses()))
          .containsExactly(1, 2);
      assertThat(first.attempt().process()).isEqualTo("lmtp");
      assertThat(server.connections()).isEqualTo(1);
      assertThat(server.faults()).isEmpty();
    }
  }

  @Test
  void whatIsKnownStandsWhenTheConnectionIsLostAmongTheAnswers() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            HELLO
                + THREE
                + """
                S: 250 2.1.5 Ok
                S: 250 2.1.5 Ok
                S: 250 2.1.5 Ok
                S: 354 go on
                DATA
                S: 250 2.0.0 saved
                CLOSE
                """)) {
      String lost =
          "deferred 4.4.2 (lost connection with 127.0.0.1[127.0.0.1] while "
              + MAY_BE_SENT_AGAIN
              + ")";
      assertThat(toThree(server)).containsExactly("sent 2.0.0 (250 2.0.0 saved)", lost, lost);
    }
  }

  @Test
  void tooFewAnswersDeferTheOthers() throws Exception {
    bench.set("lmtp_data_done_timeout", "1s");
    try (ScriptedServer server =
        new ScriptedServer(
            HELLO
                + THREE
                + """
                S: 250 2.1.5 Ok
                S: 250 2.1.5 Ok
                S: 250 2.1.5 Ok
                S: 354 go on
                DATA
                S: 250 2.0.0 saved
                S: 250 2.0.0 saved
                WAIT
                """)) {
      assertThat(toThree(server))
          .containsExactly(
              "sent 2.0.0 (250 2.0.0 saved)",
              "sent 2.0.0 (250 2.0.0 saved)",
              "deferred 4.4.2 (conversation with 127.0.0.1[127.0.0.1] timed out while "
                  + MAY_BE_SENT_AGAIN
                  + ")");
    }
  }

  @Test
  void anAnswerIsReportedBeforeTheNextOneComes() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            HELLO
                + THREE
                + """
                S: 250 2.1.5 Ok
                S: 250 2.1.5 Ok
                S: 250 2.1.5 Ok
                S: 354 go on
                DATA
                S: 250 2.0.0 saved
                AWAIT
                S: 250 2.0.0 saved
                AWAIT
                S: 250 2.0.0 saved
                """)) {
      List<String> told = new ArrayList<>();
      List<DeliveryStatus> fates =
          bench.send(
              server.nextHop(),
              MemoryContent.of(ClientBench.MESSAGE),
              Envelope.of(
                  ReversePath.of(new Mailbox("a", "example.com")),
                  List.of(recipient("b"), recipient("c"), recipient("d"))),
              recipient -> {
                told.add(recipient.mailbox().localPart());
                // Only now does the server go on: a client that collects would wait for ever.
                server.goOn();
              });

      assertThat(fates).allMatch(DeliveryStatus.Sent.class::isInstance);
      assertThat(told).containsExactly("b", "c", "d");
      assertThat(server.faults()).isEmpty();
    }
  }

  private static Recipient recipient(String name) {
    return ClientBench.recipient(name + "@example.net");
  }

  @Test
  void withoutAnyRecipientNoContentGoesOut() throws Exception {
    String refused =
        HELLO
            + THREE
            + """
            S: 550 5.1.1 one
            S: 550 5.1.1 two
            S: 450 4.2.0 three
            """;
    for (String toData : List.of("S: 503 5.5.1 no valid recipients\n", "S: 354 go on\nWAIT\n")) {
      try (ScriptedServer server = new ScriptedServer(refused + toData)) {
        assertThat(toThree(server))
            .containsExactly(
                "bounced 5.1.1 " + said("550 5.1.1 one", "RCPT TO"),
                "bounced 5.1.1 " + said("550 5.1.1 two", "RCPT TO"),
                "deferred 4.2.0 " + said("450 4.2.0 three", "RCPT TO"));
        assertThat(server.contents()).isEmpty();
      }
    }
  }

  @Test
  void aFullMailboxAtRcptIsNoMatterOfTooManyRecipients() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            HELLO
                + """
                C: MAIL
                C: RCPT
                C: DATA
                S: 250 ok
                S: 552 5.2.2 mailbox is full
                S: 503 no
                """)) {
      assertThat(bench.send(server.nextHop())).isInstanceOf(DeliveryStatus.Bounced.class);
    }
  }

  @Test
  void aServerThatDoesNotSpeakLmtpIsRefused() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer("S: 220 mx ESMTP\nC: LHLO\nS: 500 5.5.1 unknown command\nC: QUIT\n")) {
      DeliveryStatus status = bench.send(server.nextHop());

      assertThat(status.text())
          .isEqualTo("host 127.0.0.1[127.0.0.1] refused to talk to me: 500 5.5.1 unknown command");
      assertThat(server.heard()).noneMatch(line -> line.startsWith("HELO"));
    }
  }

  @Test
  void withoutPipeliningOneCommandAtATime() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            """
            S: 220 mail LMTP
            C: LHLO
            S: 250 mail
            C: MAIL
            S: 250 ok
            C: RCPT
            S: 250 ok
            C: RCPT
            S: 250 ok
            C: RCPT
            S: 451 4.2.0 later
            C: DATA
            S: 354 go
            DATA
            S: 250 2.0.0 one
            S: 250 2.0.0 two
            """)) {
      assertThat(toThree(server))
          .containsExactly(
              "sent 2.0.0 (250 2.0.0 one)",
              "sent 2.0.0 (250 2.0.0 two)",
              "deferred 4.2.0 " + said("451 4.2.0 later", "RCPT TO"));
    }
  }

  @Test
  void theNextHopMayBeTaggedAndThePortHasItsOwnParameter() throws Exception {
    String one =
        HELLO
            + """
            C: MAIL
            C: RCPT
            C: DATA
            S: 250 ok
            S: 250 ok
            S: 354 go
            DATA
            S: 250 2.0.0 saved
            """;
    try (ScriptedServer server = new ScriptedServer(one)) {
      bench.set("lmtp_tcp_port", Integer.toString(server.port()));
      for (String nextHop :
          List.of(
              "inet:127.0.0.1:" + server.port(),
              "inet:[127.0.0.1]:" + server.port(),
              "127.0.0.1",
              "inet:[127.0.0.1]")) {
        DeliveryStatus status = bench.send(nextHop);

        assertThat(status).as(nextHop).isInstanceOf(DeliveryStatus.Sent.class);
        assertThat(status.attempt().relay()).isEqualTo("127.0.0.1[127.0.0.1]:" + server.port());
      }
    }
  }

  @Test
  void aHostIsNotLookedUpAsADomain() throws Exception {
    DeliveryStatus status = bench.send("mail.example.net");

    assertThat(status.text())
        .contains("Name service error for name=mail.example.net type=A")
        .doesNotContain("MX");
  }

  @Test
  void aUnixSocketIsSoughtInTheQueueDirectory(@TempDir Path queue) throws Exception {
    bench.set("queue_directory", queue.toString());
    try (ScriptedServer server =
        new ScriptedServer(
            queue.resolve("mailbox-lmtp"),
            HELLO
                + """
                C: MAIL
                C: RCPT
                C: DATA
                S: 250 ok
                S: 250 ok
                S: 354 go
                DATA
                S: 250 2.0.0 saved
                C: MAIL
                C: RCPT
                C: DATA
                S: 250 ok
                S: 250 ok
                S: 354 go
                DATA
                S: 250 2.0.0 saved
                """)) {
      for (String nextHop : List.of("unix:mailbox-lmtp", "unix:mailbox-lmtp")) {
        DeliveryStatus status = bench.send(nextHop);

        assertThat(ClientBench.line(status)).isEqualTo("sent 2.0.0 (250 2.0.0 saved)");
        assertThat(status.attempt().relay()).isEqualTo("client.example.com[mailbox-lmtp]");
      }
      assertThat(server.faults()).isEmpty();
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void aSilentUnixSocketTimesOut(@TempDir Path queue) throws Exception {
    bench.set("lmtp_lhlo_timeout", "1s");
    Path socket = queue.resolve("s");
    try (ScriptedServer server = new ScriptedServer(socket, "WAIT\n")) {
      assertThat(ClientBench.line(bench.send("unix:" + socket)))
          .isEqualTo(
              "deferred 4.4.2 (conversation with client.example.com[%s] timed out while receiving the initial server greeting)"
                  .formatted(socket));
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void aPathThatIsNoneOrTooLongDefers() throws Exception {
    assertThat(ClientBench.line(bench.send("unix:a\0b")))
        .startsWith("deferred 4.3.5 (bad next hop: ");
    String longer = "unix:/" + "x".repeat(120);
    assertThat(ClientBench.line(bench.send(longer)))
        .startsWith("deferred 4.4.1 (connect to client.example.com[/xxx");
  }

  @Test
  void aMissingUnixSocketIsNamed(@TempDir Path queue) throws Exception {
    bench.set("queue_directory", queue.toString());

    DeliveryStatus status = bench.send("unix:private/none");

    assertThat(ClientBench.line(status))
        .isEqualTo(
            "deferred 4.4.1 (connect to client.example.com[private/none]: No such file or directory)");
    assertThat(status.attempt().relay()).isEqualTo("none");
  }

  @Test
  void encryptionThatIsAskedForIsNotLeftOutOnAUnixSocket(@TempDir Path queue) throws Exception {
    bench.set("lmtp_tls_security_level", "encrypt");
    Path socket = queue.resolve("s");
    try (ScriptedServer server = new ScriptedServer(socket, HELLO)) {
      DeliveryStatus status = bench.send("unix:" + socket);

      assertThat(status).isInstanceOf(DeliveryStatus.Deferred.class);
      assertThat(status.text()).contains(socket.toString()).contains("lmtp_tls_policy_maps");
      assertThat(server.connections()).isZero();
    }
  }

  @Test
  void aLoginIsThatOfTheParametersForLmtp() throws Exception {
    bench.set(
        "lmtp_sasl_auth_enable", "yes",
        "lmtp_sasl_security_options", "noanonymous",
        "smtp_sasl_auth_enable", "no");
    bench.passwords.put("127.0.0.1", "me:secret");
    try (ScriptedServer server =
        new ScriptedServer(
            """
            S: 220 mail LMTP
            C: LHLO
            S: 250-mail
            S: 250 AUTH PLAIN
            C: AUTH PLAIN
            S: 235 2.7.0 thanks
            C: MAIL
            S: 250 ok
            C: RCPT
            S: 250 ok
            C: DATA
            S: 354 go
            DATA
            S: 250 2.0.0 saved
            """)) {
      assertThat(bench.send(server.nextHop())).isInstanceOf(DeliveryStatus.Sent.class);
      assertThat(server.faults()).isEmpty();
    }
    bench.set("lmtp_sasl_security_options", "noplaintext");
    try (ScriptedServer server =
        new ScriptedServer("S: 220 mail LMTP\nC: LHLO\nS: 250-mail\nS: 250 AUTH PLAIN\n")) {
      assertThat(bench.send(server.nextHop())).isInstanceOf(DeliveryStatus.Deferred.class);
      assertThat(bench.log.text().toString())
          .contains("lmtp_sasl_security_options = noplaintext")
          .contains("set lmtp_sasl_tls_security_options = noanonymous");
    }
  }

  @Test
  void aFilterChangesTheFateOfOneRecipient() throws Exception {
    bench.filters.put(
        "5.1.1 " + said("550 5.1.1 no", "RCPT TO").replaceAll("^\\(|\\)$", ""), "4.1.1 Not yet");
    try (ScriptedServer server =
        new ScriptedServer(
            HELLO
                + THREE
                + """
                S: 550 5.1.1 no
                S: 250 2.1.5 Ok
                S: 250 2.1.5 Ok
                S: 354 go on
                DATA
                S: 250 2.0.0 saved
                S: 250 2.0.0 saved
                """)) {
      assertThat(toThree(server))
          .containsExactly(
              "deferred 4.1.1 (Not yet)",
              "sent 2.0.0 (250 2.0.0 saved)",
              "sent 2.0.0 (250 2.0.0 saved)");
    }
  }

  @Test
  void aReportSaysDeliveredWhereTheServerCountsAsTheEnd() throws Exception {
    String one =
        HELLO
            + """
            C: MAIL
            C: RCPT
            C: DATA
            S: 250 ok
            S: 250 ok
            S: 354 go
            DATA
            S: 250 2.0.0 saved
            """;
    for (String assume : List.of("no", "yes")) {
      bench.set("lmtp_assume_final", assume);
      try (ScriptedServer server = new ScriptedServer(one)) {
        assertThat(bench.send(server.nextHop()))
            .isInstanceOfSatisfying(
                DeliveryStatus.Sent.class,
                sent ->
                    assertThat(sent.completion())
                        .isEqualTo(
                            assume.equals("yes")
                                ? DeliveryStatus.Completion.DELIVERED
                                : DeliveryStatus.Completion.RELAYED));
      }
    }
  }
}

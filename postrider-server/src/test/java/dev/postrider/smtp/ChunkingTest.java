package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.delivery.DeliveryStatus;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Content by BDAT (RFC 3030). */
@Timeout(60)
class ChunkingTest {
  private static final String PIPELINING =
      """
      S: 220 x ESMTP
      C: EHLO
      S: 250-x
      S: 250-PIPELINING
      S: 250 CHUNKING
      """;

  private static final String PLAIN =
      """
      S: 220 x ESMTP
      C: EHLO
      S: 250-x
      S: 250 CHUNKING
      """;

  /** Each of its lines has a CR more than in the store. */
  private static final int WIRE_SIZE = ClientBench.MESSAGE.length() + 5;

  /** A transaction after which the next one begins with RSET. */
  private static final String NOBODY_TAKEN =
      PIPELINING
          + "C: MAIL\nC: RCPT\nC: BDAT\nTAKE "
          + WIRE_SIZE
          + "\nS: 250 ok\nS: 550 5.1.1 unknown\nS: 554 5.5.1 nobody\n";

  private final ClientBench bench = new ClientBench();

  @BeforeEach
  void wanted() {
    bench.set("postrider_smtp_chunking", "yes");
  }

  @AfterEach
  void end() {
    bench.close();
  }

  private String fate(String script) throws Exception {
    try (ScriptedServer server = new ScriptedServer(script)) {
      String fate = ClientBench.line(bench.send(server.nextHop()));
      server.settle();
      assertThat(server.faults()).isEmpty();
      return fate;
    }
  }

  @Test
  void aShortMessageGoesWithItsEnvelope() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            PIPELINING
                + "C: MAIL\nC: RCPT\nC: BDAT "
                + WIRE_SIZE
                + " LAST\nKEEP "
                + WIRE_SIZE
                + "\nS: 250 ok\nS: 250 ok\nS: 250 2.0.0 taken\n")) {
      assertThat(ClientBench.line(bench.send(server.nextHop())))
          .isEqualTo("sent 2.0.0 (250 2.0.0 taken)");
      assertThat(server.faults()).isEmpty();
      assertThat(server.contents()).containsExactly(ClientBench.MESSAGE.replace("\n", "\r\n"));
    }
  }

  @Test
  void withoutPipeliningItWaitsForTheEnvelopesAnswers() throws Exception {
    assertThat(
            fate(
                PLAIN
                    + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: BDAT "
                    + WIRE_SIZE
                    + " LAST\nTAKE "
                    + WIRE_SIZE
                    + "\nS: 250 2.0.0 taken\n"))
        .isEqualTo("sent 2.0.0 (250 2.0.0 taken)");
  }

  @Test
  void dotsAreNotDoubled() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            PLAIN
                + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: BDAT 16 LAST\nKEEP 16\nS: 250 ok\n")) {
      DeliveryStatus status =
          bench.send(server.nextHop(), "A: b\n\n.\n..x\n", "b@example.net").getFirst();

      assertThat(status).isInstanceOf(DeliveryStatus.Sent.class);
      assertThat(server.contents()).containsExactly("A: b\r\n\r\n.\r\n..x\r\n");
    }
  }

  @Test
  void aLongMessageGoesInPiecesOfWhichEachIsAnswered() throws Exception {
    String content = "A: b\n\n" + "0123456789\n".repeat(50_000);
    int size = content.length() + 50_002;
    int rest = size - 2 * 262_144;
    try (ScriptedServer server =
        new ScriptedServer(
            PIPELINING
                + "C: MAIL\nC: RCPT\nS: 250 ok\nS: 250 ok\n"
                + "C: BDAT 262144\nKEEP 262144\nS: 250 ok\n".repeat(2)
                + "C: BDAT "
                + rest
                + " LAST\nKEEP "
                + rest
                + "\nS: 250 2.0.0 taken\n")) {
      DeliveryStatus status = bench.send(server.nextHop(), content, "b@example.net").getFirst();

      assertThat(server.faults()).isEmpty();
      assertThat(ClientBench.line(status)).isEqualTo("sent 2.0.0 (250 2.0.0 taken)");
      assertThat(String.join("", server.contents())).isEqualTo(content.replace("\n", "\r\n"));
    }
  }

  @Test
  void aRefusedPieceIsTheFateOfTheMessage() throws Exception {
    String content = "A: b\n\n" + "0123456789\n".repeat(50_000);
    try (ScriptedServer server =
        new ScriptedServer(
            PIPELINING
                + "C: MAIL\nC: RCPT\nS: 250 ok\nS: 250 ok\nC: BDAT\nTAKE 262144\n"
                + "S: 552 5.3.4 too big\nC: RSET\nCLOSE\n",
            "S: 421 4.3.2 later\n")) {
      DeliveryStatus status = bench.send(server.nextHop(), content, "b@example.net").getFirst();
      bench.send(server.nextHop());

      assertThat(ClientBench.line(status))
          .isEqualTo(
              "bounced 5.3.4 (host 127.0.0.1[127.0.0.1] said: 552 5.3.4 too big (in reply to BDAT"
                  + " command))");
      assertThat(server.heard()).contains("RSET");
      assertThat(server.faults()).isEmpty();
    }
  }

  @Test
  void whereNobodyIsTakenThePieceSentAheadChangesNothing() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            PIPELINING
                + "C: MAIL\nC: RCPT\nC: RCPT\nC: BDAT\nTAKE "
                + WIRE_SIZE
                + "\nS: 250 ok\nS: 550 5.1.1 unknown\nS: 450 4.2.1 busy\nS: 554 5.5.1 nobody\n")) {
      List<DeliveryStatus> fates =
          bench.send(server.nextHop(), ClientBench.MESSAGE, "a@example.net", "b@d.test");

      assertThat(ClientBench.line(fates.get(0))).startsWith("bounced 5.1.1");
      assertThat(ClientBench.line(fates.get(1))).startsWith("deferred 4.2.1");
      assertThat(server.faults()).isEmpty();
    }
  }

  @Test
  void someTakenAndSomeRefused() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            PIPELINING
                + "C: MAIL\nC: RCPT\nC: RCPT\nC: BDAT\nTAKE "
                + WIRE_SIZE
                + "\nS: 250 ok\nS: 550 5.1.1 unknown\nS: 250 ok\nS: 250 2.0.0 taken\n")) {
      List<DeliveryStatus> fates =
          bench.send(server.nextHop(), ClientBench.MESSAGE, "a@example.net", "b@d.test");

      assertThat(ClientBench.line(fates.get(0))).startsWith("bounced 5.1.1");
      assertThat(ClientBench.line(fates.get(1))).startsWith("sent 2.0.0");
    }
  }

  @Test
  void contentThatGrowsOnTheWireGoesAheadInOnePieceAllTheSame() throws Exception {
    String content = "A: b\n\n" + "a\n".repeat(4000);
    int size = content.length() + 4002;
    try (ScriptedServer server =
        new ScriptedServer(
            NOBODY_TAKEN
                + "C: RSET\nC: MAIL\nC: RCPT\nC: RCPT\nC: BDAT "
                + size
                + " LAST\nKEEP "
                + size
                + "\nS: 250 ok\nS: 250 ok\nS: 550 5.1.1 unknown\nS: 250 ok\nS: 250 2.0.0 taken\n")) {
      bench.send(server.nextHop());
      List<DeliveryStatus> fates =
          bench.send(server.nextHop(), content, "a@example.net", "b@d.test");

      assertThat(server.faults()).isEmpty();
      assertThat(ClientBench.line(fates.get(0))).startsWith("bounced 5.1.1");
      assertThat(ClientBench.line(fates.get(1))).isEqualTo("sent 2.0.0 (250 2.0.0 taken)");
      assertThat(server.contents()).containsExactly(content.replace("\n", "\r\n"));
    }
  }

  private static final String TAKES_SECOND = "C: MAIL\nC: RCPT\nC: BDAT\nTAKE " + WIRE_SIZE + "\n";

  /** The fate of a second message, at a server that would take it over another connection. */
  private String fateOfSecond(String first, int connections) throws Exception {
    bench.set("smtp_mail_timeout", "1s", "smtp_rset_timeout", "1s");
    try (ScriptedServer server =
        new ScriptedServer(
            first, PIPELINING + TAKES_SECOND + "S: 250 ok\nS: 250 ok\nS: 250 2.0.0 again\n")) {
      bench.send(server.nextHop());
      String fate = ClientBench.line(bench.send(server.nextHop()));
      assertThat(server.faults()).isEmpty();
      assertThat(server.connections()).isEqualTo(connections);
      return fate;
    }
  }

  @Test
  void contentAheadIsNotSentAgainAtOnceBecauseOfSilence() throws Exception {
    String taken = PIPELINING + TAKES_SECOND + "S: 250 ok\nS: 250 ok\nS: 250 ok\n";
    assertThat(fateOfSecond(taken + TAKES_SECOND + "WAIT\n", 1))
        .isEqualTo(
            "deferred 4.4.2 (conversation with 127.0.0.1[127.0.0.1] timed out while sending MAIL"
                + " FROM -- message may be sent more than once)");
  }

  @Test
  void norBecauseOfARefusedReset() throws Exception {
    assertThat(
            fateOfSecond(
                NOBODY_TAKEN + "C: RSET\n" + TAKES_SECOND + "S: 502 5.5.1 no\nS: 250 ok\nWAIT\n",
                1))
        .startsWith("deferred 4.5.0 ")
        .contains("unexpected reply to RSET: 502 5.5.1 no");
  }

  @Test
  void norWhereTheServerHadAnsweredBeforeItLeft() throws Exception {
    assertThat(fateOfSecond(NOBODY_TAKEN + "C: RSET\n" + TAKES_SECOND + "S: 250 ok\nCLOSE\n", 1))
        .startsWith("deferred 4.4.2 ");
  }

  @Test
  void aConnectionThatEndedWithoutAWordIsReplaced() throws Exception {
    assertThat(fateOfSecond(NOBODY_TAKEN + "C: RSET\n" + TAKES_SECOND + "CLOSE\n", 2))
        .isEqualTo("sent 2.0.0 (250 2.0.0 again)");
  }

  @Test
  void aLostConnectionAfterTheLastPieceIsTold() throws Exception {
    assertThat(
            fate(
                PLAIN
                    + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: BDAT\nTAKE "
                    + WIRE_SIZE
                    + "\nCLOSE\n"))
        .isEqualTo(
            "deferred 4.4.2 (lost connection with 127.0.0.1[127.0.0.1] while sending end of data"
                + " -- message may be sent more than once)");
  }

  @Test
  void soIsOneWithTheAnswersToWhatWentAhead() throws Exception {
    assertThat(
            fate(
                PIPELINING
                    + "C: MAIL\nC: RCPT\nC: BDAT\nTAKE "
                    + WIRE_SIZE
                    + "\nS: 250 ok\nCLOSE\n"))
        .isEqualTo(
            "deferred 4.4.2 (lost connection with 127.0.0.1[127.0.0.1] while sending RCPT TO"
                + " -- message may be sent more than once)");
  }

  @Test
  void byDefaultOrWithoutTheOfferItIsData() throws Exception {
    assertThat(fate(ClientRulesTest.PLAIN + ClientRulesTest.TAKES_ONE)).startsWith("sent");
    bench.set("postrider_smtp_chunking", "no");
    assertThat(fate(PLAIN + ClientRulesTest.TAKES_ONE)).startsWith("sent");
  }
}

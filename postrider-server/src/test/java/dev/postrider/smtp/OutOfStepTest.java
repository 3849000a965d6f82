package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.delivery.DeliveryStatus;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Nasty input 79: a server, or a proxy before it, sends one reply too many, and every reply behind
 * it answers another command than it seems to. No one may be refused or called served by that.
 */
@Timeout(60)
class OutOfStepTest {
  private static final String NOT_ASKED = "a reply that nobody asked for";

  private final ClientBench bench = new ClientBench();

  @AfterEach
  void end() {
    bench.close();
  }

  private List<DeliveryStatus> three(ScriptedServer server) throws Exception {
    return bench.send(
        server.nextHop(), ClientBench.MESSAGE, "a@example.net", "b@example.net", "c@example.net");
  }

  private static void assertNobodyJudged(List<DeliveryStatus> fates) {
    assertThat(fates).hasOnlyElementsOfType(DeliveryStatus.Deferred.class);
    assertThat(fates)
        .allSatisfy(fate -> assertThat(ClientBench.line(fate)).startsWith("deferred 4.5.0"));
  }

  @Test
  void n79TheRefusalOfOneIsNotTakenForThatOfTheNext() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            ClientRulesTest.PIPELINING
                + "C: MAIL\nC: RCPT\nC: RCPT\nC: RCPT\nC: DATA\n"
                // One 250 too many; it is a@ who is unknown.
                + "SS: 250 ok|250 ok|550 5.1.1 unknown|250 ok|250 ok|354 go on\nWAIT\n")) {
      List<DeliveryStatus> fates = three(server);
      server.settle();

      assertNobodyJudged(fates);
      assertThat(server.contents()).isEmpty();
      assertThat(server.heard()).last().isEqualTo("DATA");
    }
  }

  @Test
  void n79WhoeverIsRefusedWhenTheStepIsLostWaits() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            ClientRulesTest.PIPELINING
                + "C: MAIL\nC: RCPT\nC: RCPT\nC: RCPT\nC: DATA\n"
                + "SS: 250 ok|250 ok|550 5.1.1 unknown|550 5.1.1 unknown|550 5.1.1 unknown|"
                + "554 5.5.1 no recipients\nWAIT\n")) {
      assertNobodyJudged(three(server));
    }
  }

  @Test
  void n79OneByOneEachCommandWaitsForItsOwnReply() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(ClientRulesTest.PLAIN + "C: MAIL\nSS: 250 ok|250 ok\nWAIT\n")) {
      List<DeliveryStatus> fates = three(server);
      server.settle();

      assertNobodyJudged(fates);
      assertThat(ClientBench.line(fates.getFirst())).contains(NOT_ASKED);
      assertThat(server.heard()).last().asString().startsWith("MAIL");
    }
  }

  @Test
  void n79ASecondGoAheadGetsNoContent() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            ClientRulesTest.PLAIN
                + "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nSS: 354 go|354 go\nWAIT\n")) {
      String fate = ClientBench.line(bench.send(server.nextHop()));
      server.settle();

      assertThat(fate)
          .isEqualTo(
              "deferred 4.5.0 (protocol error: 127.0.0.1[127.0.0.1] while sending DATA command: "
                  + NOT_ASKED
                  + ")");
      assertThat(server.heard()).last().isEqualTo("DATA");
    }
  }

  @Test
  void n79AReplyTooManyToTheGreetingIsSeen() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer("S: 220 x ESMTP\nC: EHLO\nSS: 250 x|250 ok\nWAIT\n")) {
      assertThat(ClientBench.line(bench.send(server.nextHop()))).contains(NOT_ASKED);
    }
  }

  @Test
  void n79AFarewellMayComeAtAnyTime() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            ClientRulesTest.PIPELINING
                + "C: MAIL\nC: RCPT\nC: RCPT\nC: RCPT\nC: DATA\n"
                + "SS: 250 ok|550 5.1.1 unknown|550 5.1.1 unknown|550 5.1.1 unknown|"
                + "554 5.5.1 no recipients|421 4.7.0 too many errors\nCLOSE\n")) {
      assertThat(three(server)).hasOnlyElementsOfType(DeliveryStatus.Bounced.class);
    }
  }

  @Test
  void n79AConnectionOnWhichTheServerSpokeUnaskedIsNotUsedAgain() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            ClientRulesTest.PLAIN + ClientRulesTest.TAKES_ONE + "AWAIT\nS: 250 too late\nWAIT\n",
            ClientRulesTest.PLAIN + ClientRulesTest.TAKES_ONE)) {
      assertThat(bench.send(server.nextHop())).isInstanceOf(DeliveryStatus.Sent.class);
      server.goOn();
      server.awaitSaid("250 too late");
      DeliveryStatus second = bench.send(server.nextHop());

      assertThat(second.attempt().connectionUses()).isEqualTo(1);
      assertThat(server.connections()).isEqualTo(2);
    }
  }
}

package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.delivery.DeliveryStatus;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConnectionReuseTest {
  private static final String HELLO =
      """
      S: 220 mx.example.net ESMTP
      C: EHLO client.example.com
      S: 250-mx.example.net
      S: 250 PIPELINING
      """;

  private static final String ENVELOPE = "C: MAIL\nC: RCPT\nC: DATA\n";
  private static final String ACCEPTED =
      ENVELOPE + "S: 250 ok\nS: 250 ok\nS: 354 go\nDATA\nS: 250 ok\n";

  private final ClientBench bench = new ClientBench();

  @AfterEach
  void end() {
    bench.close();
  }

  @Test
  void theSecondMessageUsesTheConnectionOfTheFirstWithoutReset() throws Exception {
    try (ScriptedServer server = new ScriptedServer(HELLO + ACCEPTED + ACCEPTED)) {
      DeliveryStatus first = bench.send(server.nextHop());
      DeliveryStatus second = bench.send(server.nextHop());

      assertThat(List.of(first.attempt().connectionUses(), second.attempt().connectionUses()))
          .containsExactly(1, 2);
      assertThat(server.connections()).isEqualTo(1);
      assertThat(server.faults()).isEmpty();
    }
  }

  @Test
  void afterARefusedEnvelopeTheNextOneBeginsWithReset() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            HELLO
                + ENVELOPE
                + "S: 250 ok\nS: 550 no\nS: 554 no\nC: RSET\n"
                + ENVELOPE
                + "S: 250 reset\nS: 250 ok\nS: 250 ok\nS: 354 go\nDATA\nS: 250 ok\n")) {
      DeliveryStatus first = bench.send(server.nextHop());
      DeliveryStatus second = bench.send(server.nextHop());

      assertThat(first).isInstanceOf(DeliveryStatus.Bounced.class);
      assertThat(second).isInstanceOf(DeliveryStatus.Sent.class);
      assertThat(server.connections()).isEqualTo(1);
      assertThat(server.faults()).isEmpty();
    }
  }

  @Test
  void aConnectionThatDiedWhileRestingCostsTheMessageNothing() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(HELLO + ACCEPTED + "CLOSE\n", HELLO + ACCEPTED)) {
      bench.send(server.nextHop());
      server.settle();
      DeliveryStatus second = bench.send(server.nextHop());

      assertThat(second).isInstanceOf(DeliveryStatus.Sent.class);
      assertThat(second.attempt().connectionUses()).isEqualTo(1);
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void aFarewellInsteadOfAReplyCostsTheMessageNothing() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            HELLO + ACCEPTED + ENVELOPE + "S: 421 4.4.2 idle too long\nCLOSE\n",
            HELLO + ACCEPTED)) {
      bench.send(server.nextHop());
      DeliveryStatus second = bench.send(server.nextHop());

      assertThat(second).isInstanceOf(DeliveryStatus.Sent.class);
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void aFallbackIsNotKeptInThePlaceOfTheServerItStoodInFor() throws Exception {
    try (ScriptedServer primary =
            new ScriptedServer("S: 421 4.3.2 restarting\nCLOSE\n", HELLO + ACCEPTED);
        ScriptedServer fallback = new ScriptedServer(HELLO + ACCEPTED + ACCEPTED)) {
      bench.set("smtp_fallback_relay", fallback.nextHop());
      DeliveryStatus first = bench.send(primary.nextHop());
      DeliveryStatus second = bench.send(primary.nextHop());

      assertThat(first.attempt().relay()).endsWith(":" + fallback.port());
      assertThat(second.attempt().relay()).endsWith(":" + primary.port());
    }
  }

  @Test
  void aConnectionNobodyNeedsIsEndedByQuit() throws Exception {
    bench.set("smtp_connection_cache_time_limit", "1s");
    try (ScriptedServer server = new ScriptedServer(HELLO + ACCEPTED)) {
      bench.send(server.nextHop());
      server.settle();

      assertThat(server.heard()).last().isEqualTo("QUIT");
    }
  }
}

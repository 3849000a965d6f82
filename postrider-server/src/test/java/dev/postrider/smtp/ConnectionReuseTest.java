package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.delivery.DeliveryStatus;
import java.util.ArrayList;
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
  void aConnectionCarriesAsManyMessagesAsAllowed() throws Exception {
    bench.set("smtp_connection_reuse_count_limit", "2");
    try (ScriptedServer server = new ScriptedServer(HELLO + ACCEPTED + ACCEPTED)) {
      List<Integer> uses = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        uses.add(bench.send(server.nextHop()).attempt().connectionUses());
      }

      assertThat(uses).containsExactly(1, 2, 1, 2);
      server.settle();
      assertThat(server.heard()).filteredOn("QUIT"::equals).hasSize(2);
    }
  }

  @Test
  void aConnectionServesAsLongAsAllowed() throws Exception {
    bench.set("smtp_connection_reuse_time_limit", "1s");
    try (ScriptedServer server =
        new ScriptedServer(
            HELLO + ENVELOPE + "S: 250 ok\nS: 250 ok\nS: 354 go\nDATA\nSLOW 100 250 1.0.0 slow\n",
            HELLO + ACCEPTED)) {
      bench.send(server.nextHop());

      assertThat(bench.send(server.nextHop()).attempt().connectionUses()).isEqualTo(1);
    }
  }

  @Test
  void onlyTheDestinationsOfTheListAreKeptWithoutDemand() throws Exception {
    bench.set(
        "smtp_connection_cache_on_demand", "no",
        "smtp_connection_cache_destinations", "One.test, 127.0.0.1");
    bench.dns.address("one.test", "127.0.0.1").address("other.test", "127.0.0.1");
    try (ScriptedServer server = new ScriptedServer(HELLO + ACCEPTED + ACCEPTED)) {
      for (String hop : List.of("one.test:", "[one.test]:", "[127.0.0.1]:", "other.test:")) {
        bench.send(hop + server.port());
        assertThat(bench.send(hop + server.port()).attempt().connectionUses())
            .as(hop)
            .isEqualTo(hop.startsWith("other") ? 1 : 2);
      }
    }
  }

  @Test
  void aBusyDestinationKeepsNoOtherFromItsConnection() throws Exception {
    bench.set("smtp_connection_cache_time_limit", "100s");
    bench.dns.address("busy.test", "127.0.0.1").address("quiet.test", "127.0.0.1");
    try (ScriptedServer busy = new ScriptedServer(HELLO + ENVELOPE + "AWAIT\n");
        ScriptedServer quiet = new ScriptedServer(HELLO + ACCEPTED + ACCEPTED)) {
      SmtpTransport _ = bench.transport();
      List<Thread> deliveries = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        deliveries.add(Thread.ofVirtual().start(() -> send("busy.test:" + busy.port())));
      }
      assertThat(bench.send("quiet.test:" + quiet.port()).attempt().connectionUses()).isEqualTo(1);
      assertThat(bench.send("quiet.test:" + quiet.port()).attempt().connectionUses()).isEqualTo(2);
      busy.close();
      for (Thread delivery : deliveries) {
        delivery.join();
      }
    }
  }

  private void send(String nextHop) {
    try {
      bench.send(nextHop);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whereNoMoreCanRestTheOldestOfThoseWithMostMakesRoom() throws Exception {
    bench.set("smtp_connection_cache_time_limit", "100s");
    try (ScriptedServer server = new ScriptedServer(HELLO + ACCEPTED + ACCEPTED)) {
      for (int i = 0; i < 502; i++) {
        bench.dns.address("d" + i + ".test", "127.0.0.1");
        assertThat(bench.send("d" + i + ".test:" + server.port()).attempt().connectionUses())
            .isEqualTo(1);
      }
      List<Integer> uses = new ArrayList<>();
      for (int i : List.of(501, 2, 0)) {
        uses.add(bench.send("d" + i + ".test:" + server.port()).attempt().connectionUses());
      }
      assertThat(uses).containsExactly(2, 2, 1);
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

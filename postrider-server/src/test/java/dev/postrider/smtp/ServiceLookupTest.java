package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.dns.DnsAnswer;
import dev.postrider.dns.MxHost;
import dev.postrider.dns.SrvHost;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers found by SRV records (RFC 2782). */
@Timeout(60)
class ServiceLookupTest {
  private static final String TAKES =
      """
      S: 220 mx.example.net ESMTP
      C: EHLO client.example.com
      S: 250 mx.example.net
      C: MAIL FROM:<a@example.com>
      S: 250 2.1.0 Ok
      C: RCPT TO:<b@example.net>
      S: 250 2.1.5 Ok
      C: DATA
      S: 354 go on
      DATA
      S: 250 2.0.0 Ok
      """;

  private final ClientBench bench = new ClientBench("use_srv_lookup", "submission, submissions");

  @AfterEach
  void end() {
    bench.close();
  }

  private String send(String nextHop) throws Exception {
    return ClientBench.line(bench.send(nextHop));
  }

  @Test
  void theRecordsNameHostsAndPorts() throws Exception {
    try (ScriptedServer server = new ScriptedServer(TAKES)) {
      bench.dns.srv(
          "_submission._tcp.provider.test",
          new SrvHost(20, 0, server.port(), "second.provider.test"),
          new SrvHost(10, 0, 9, "first.provider.test"));
      bench.dns.address("first.provider.test", "127.0.0.1");
      bench.dns.address("second.provider.test", "127.0.0.1");

      DeliveryStatus status = bench.send("provider.test:submission");

      assertThat(status).isInstanceOf(DeliveryStatus.Sent.class);
      assertThat(status.attempt().relay())
          .isEqualTo("second.provider.test[127.0.0.1]:" + server.port());
      assertThat(bench.log.text())
          .anyMatch(line -> line.contains("connect to first.provider.test[127.0.0.1]:9: "));
    }
  }

  @Test
  void bracketsAndOtherServicesAskForNoService() throws Exception {
    assertThat(send("[provider.test]:submission")).startsWith("bounced 5.4.4");
    assertThat(send("provider.test:2525")).startsWith("bounced 5.4.4");
    assertThat(bench.dns.asked).noneMatch(name -> name.startsWith("SRV"));
  }

  @Test
  void withoutRecordsMailReturnsUnlessTheUsualWayIsAllowed() throws Exception {
    bench.dns.mx("provider.test", new MxHost(10, "mx.provider.test"));
    bench.dns.address("mx.provider.test", "127.0.0.1");
    assertThat(send("provider.test:submission"))
        .isEqualTo(
            "bounced 5.4.4 (Host or domain name not found. Name service error for"
                + " name=_submission._tcp.provider.test type=SRV: Host not found)");

    bench.dns.srv("_submission._tcp.provider.test", new DnsAnswer.TemporaryFailure<>("SERVFAIL"));
    assertThat(send("provider.test:submission")).startsWith("deferred 4.4.3 (Host or domain name");

    bench.set("ignore_srv_lookup_error", "yes");
    assertThat(send("provider.test:submission"))
        .startsWith("deferred 4.4.1 (connect to mx.provider.test[127.0.0.1]:587");
    assertThat(bench.log.text())
        .anyMatch(line ->
            line.startsWith("smtp: skipping SRV lookup for _submission._tcp.provider.test: "));

    bench.set("ignore_srv_lookup_error", "no", "allow_srv_lookup_fallback", "yes");
    bench.dns.srv("_submission._tcp.provider.test", new DnsAnswer.NoData<>());
    assertThat(send("provider.test:submission"))
        .startsWith("deferred 4.4.1 (connect to mx.provider.test[127.0.0.1]:587");
  }

  @Test
  void aServiceThatIsNotOfferedIsNoneForGood() throws Exception {
    bench.dns.srv("_submissions._tcp.provider.test", new SrvHost(0, 0, 0, ""));

    assertThat(send("provider.test:submissions"))
        .isEqualTo(
            "bounced 5.1.0 (Domain _submissions._tcp.provider.test does not support SRV requests)");
  }

  @Test
  void weightsAreSharesAmongThoseOfOnePriority() {
    List<SrvHost> records =
        List.of(
            new SrvHost(2, 0, 25, "last"),
            new SrvHost(1, 0, 25, "none"),
            new SrvHost(1, 30, 25, "heavy"),
            new SrvHost(1, 10, 25, "light"));
    Random random = new Random(1);
    int heavy = 0;
    int light = 0;
    for (int i = 0; i < 1000; i++) {
      List<SrvHost> ordered = ServiceOrder.of(records, random);
      assertThat(ordered).hasSize(4);
      assertThat(ordered.getLast().name()).isEqualTo("last");
      heavy += ordered.getFirst().name().equals("heavy") ? 1 : 0;
      light += ordered.getFirst().name().equals("light") ? 1 : 0;
    }
    assertThat(heavy).isBetween(650, 800);
    assertThat(light).isBetween(180, 320);
  }
}

package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.MemoryContent;
import dev.postrider.delivery.NextHop;
import dev.postrider.dns.DnsAnswer;
import dev.postrider.dns.MxHost;
import dev.postrider.failure.Stage;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Envelope;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which servers are tried (RFC 5321 §5.1), as far as connections show it. */
@Timeout(60)
class NextHopRulesTest {
  private static final String BUSY = "S: 421 4.3.2 busy\n";

  private final ClientBench bench = new ClientBench();

  @AfterEach
  void end() {
    bench.close();
  }

  static MxHost mx(int preference, String name) {
    return new MxHost(preference, name);
  }

  private static ScriptedServer at(String address, int port, String script) throws Exception {
    return new ScriptedServer(new InetSocketAddress(InetAddress.ofLiteral(address), port), script);
  }

  /** A domain whose servers are 127.0.0.1, .2, .3 … by preference. */
  private void domain(int servers) {
    List<MxHost> hosts = new ArrayList<>();
    for (int i = 1; i <= servers; i++) {
      hosts.add(mx(i * 10, "mx" + i + ".test"));
      bench.dns.address("mx" + i + ".test", "127.0.0." + i);
    }
    bench.dns.mx("d.test", hosts.toArray(new MxHost[0]));
  }

  @Test
  void d01AfterAServerThatIsDownTheNextOneIsTried() throws Exception {
    domain(3);
    try (ScriptedServer third =
        at("127.0.0.3", 0, ClientRulesTest.PLAIN + ClientRulesTest.TAKES_ONE)) {
      DeliveryStatus status = bench.send("d.test:" + third.port());

      assertThat(status).isInstanceOf(DeliveryStatus.Sent.class);
      assertThat(status.attempt().relay()).startsWith("mx3.test[127.0.0.3]:");
      assertThat(bench.log.text())
          .contains(
              "smtp: connect to mx1.test[127.0.0.1]:" + third.port() + ": Connection refused",
              "smtp: connect to mx2.test[127.0.0.2]:" + third.port() + ": Connection refused");
    }
  }

  @Test
  void d02WithoutMxTheAddressesOfTheDomainAreTried() throws Exception {
    bench.dns.mx("d.test", new DnsAnswer.NoData<>()).address("d.test", "127.0.0.1");
    try (ScriptedServer server =
        new ScriptedServer(ClientRulesTest.PLAIN + ClientRulesTest.TAKES_ONE)) {
      assertThat(bench.send("d.test:" + server.port()).attempt().relay())
          .startsWith("d.test[127.0.0.1]:");
    }
  }

  @Test
  void d07SessionsAreCountedNotAddresses() throws Exception { // smtp_mx_session_limit
    domain(4);
    try (ScriptedServer second = at("127.0.0.2", 0, BUSY);
        ScriptedServer third = at("127.0.0.3", second.port(), BUSY);
        ScriptedServer fourth =
            at("127.0.0.4", second.port(), ClientRulesTest.PLAIN + ClientRulesTest.TAKES_ONE)) {
      // mx1 is down: a connection that does not come about is no session.
      DeliveryStatus status = bench.send("d.test:" + second.port());

      assertThat(status).isInstanceOf(DeliveryStatus.Deferred.class);
      assertThat(status.attempt().relay()).startsWith("mx3.test[127.0.0.3]:");
      assertThat(fourth.connections()).isZero();

      bench.set("smtp_mx_session_limit", "0");
      assertThat(bench.send("d.test:" + second.port())).isInstanceOf(DeliveryStatus.Sent.class);
      assertThat(third.connections()).isEqualTo(2);
    }
  }

  @Test
  void d08OnlyBracketsKeepFromTheMx() throws Exception {
    bench.dns.mx("relay.test", mx(10, "mx1.test")).address("mx1.test", "127.0.0.1");
    bench.dns.address("relay.test", "127.0.0.2");
    try (ScriptedServer byMx =
            new ScriptedServer(ClientRulesTest.PLAIN + ClientRulesTest.TAKES_ONE);
        ScriptedServer direct =
            at("127.0.0.2", byMx.port(), ClientRulesTest.PLAIN + ClientRulesTest.TAKES_ONE)) {
      assertThat(bench.send("relay.test:" + byMx.port()).attempt().relay())
          .startsWith("mx1.test[127.0.0.1]:");
      assertThat(bench.send("[relay.test]:" + direct.port()).attempt().relay())
          .startsWith("relay.test[127.0.0.2]:");
    }
  }

  @Test
  void d09AServerWithOurOwnNameIsALoopOnThePortOfOtherHosts(@TempDir Path directory)
      throws Exception {
    String ourName = "S: 220 x ESMTP\nC: EHLO\nS: 250 CLIENT.example.com Hello\n";
    Path socket = directory.resolve("s");
    try (ScriptedServer us = new ScriptedServer(socket, ourName + "C: QUIT\n");
        ScriptedServer beside = new ScriptedServer(ourName + ClientRulesTest.TAKES_ONE)) {
      // Port 25 of this machine would not even be connected to: what counts is the site's port.
      Site site = Site.parse("d.test", 25).orElseThrow();
      ClientParts parts = bench.transport().parts();
      TlsPolicies.Answer.Policy policy = (TlsPolicies.Answer.Policy) parts.policies().find(site);
      ClientSession.Opened opened =
          ClientSession.open(
              parts.context(),
              new Target.LocalSocket(site, "mx.d.test", socket),
              policy.policy(),
              request());

      assertThat(opened)
          .isEqualTo(
              new ClientSession.Opened.Failed(
                  Failure.of(Stage.HELLO, "5.4.6", "mail for d.test loops back to myself"), false));
      assertThat(bench.send(beside.nextHop())).isInstanceOf(DeliveryStatus.Sent.class);
    }
  }

  private static DeliveryRequest request() {
    Envelope envelope =
        Envelope.of(new ReversePath.Null(), List.of(ClientBench.recipient("b@d.test")));
    return new DeliveryRequest(
        "4bXyZk1",
        Instant.EPOCH,
        envelope,
        envelope.recipients(),
        new NextHop("smtp", "d.test"),
        MemoryContent.of(ClientBench.MESSAGE));
  }

  @Test
  void n95WhereOneServerLacksSmtpUtf8TheNextOneIsAsked() throws Exception {
    domain(2);
    try (ScriptedServer without = new ScriptedServer(ClientRulesTest.PLAIN + "C: QUIT\n");
        ScriptedServer with =
            at(
                "127.0.0.2",
                without.port(),
                "S: 220 x ESMTP\nC: EHLO\nS: 250-x\nS: 250-8BITMIME\nS: 250 SMTPUTF8\n"
                    + "C: MAIL FROM:<a@example.com> SMTPUTF8\n"
                    + ClientRulesTest.TAKES_ONE.substring(8))) {
      DeliveryStatus status =
          bench.send("d.test:" + without.port(), ClientBench.MESSAGE, "jürgen@d.test").getFirst();

      assertThat(with.faults()).isEmpty();
      assertThat(ClientBench.line(status)).startsWith("sent");
      assertThat(with.connections()).isEqualTo(1);
    }
    try (ScriptedServer one = new ScriptedServer(ClientRulesTest.PLAIN + "C: QUIT\n");
        ScriptedServer other = at("127.0.0.2", one.port(), ClientRulesTest.PLAIN + "C: QUIT\n")) {
      assertThat(
              ClientBench.line(
                  bench
                      .send("d.test:" + one.port(), ClientBench.MESSAGE, "jürgen@d.test")
                      .getFirst()))
          .isEqualTo(
              "bounced 5.6.7 (SMTPUTF8 is required, but was not offered by host"
                  + " mx2.test[127.0.0.2])");
      assertThat(other.connections()).isEqualTo(1);
    }
  }

  @Test
  void n99OfAThousandAddressesFewAreTried() throws Exception {
    bench.dns.mx("d.test", mx(10, "many.test"));
    bench.dns.address(
        "many.test",
        IntStream.range(0, 1000)
            .mapToObj(i -> "127.1." + i / 250 + "." + (1 + i % 250))
            .toArray(String[]::new));
    try (ScriptedServer elsewhere = new ScriptedServer(BUSY)) {
      DeliveryStatus status = bench.send("d.test:" + elsewhere.port());

      assertThat(status).isInstanceOf(DeliveryStatus.Deferred.class);
      assertThat(bench.log.text().stream().filter(line -> line.contains("connect to many.test")))
          .hasSize(5);
    }
  }

  @Test
  void n102AServerWithoutAddressIsJudgedByWhy() throws Exception {
    bench.dns.mx("gone.test", mx(10, "nosuch.test"));
    assertThat(ClientBench.line(bench.send("gone.test"))).startsWith("bounced 5.4.4");
    bench.dns.mx("busy.test", mx(10, "nosuch.test"), mx(20, "later.test"));
    bench.dns.addressUnknown("later.test");
    assertThat(ClientBench.line(bench.send("busy.test"))).startsWith("deferred 4.4.3");
    bench.set("smtp_defer_if_no_mx_address_found", "yes");
    assertThat(ClientBench.line(bench.send("gone.test"))).startsWith("deferred 4.4.4");
  }

  @Test
  void n105AServerOfTheOtherFamilyIsPassedBy() throws Exception {
    bench.set("inet_protocols", "ipv4");
    bench.dns.mx("d.test", mx(10, "six.test"), mx(20, "four.test"));
    bench.dns.address("six.test", "2001:db8::1").address("four.test", "127.0.0.1");
    try (ScriptedServer server =
        new ScriptedServer(ClientRulesTest.PLAIN + ClientRulesTest.TAKES_ONE)) {
      assertThat(bench.send("d.test:" + server.port()).attempt().relay())
          .startsWith("four.test[127.0.0.1]:");
      assertThat(bench.dns.asked).noneMatch(question -> question.startsWith("AAAA"));
    }
  }

  @Test
  void n107AnMxThatStandsForEveryNameIsAnMx() throws Exception {
    bench.dns.mx("typo.d.test", mx(10, "mx1.test")).address("mx1.test", "127.0.0.1");
    try (ScriptedServer server =
        new ScriptedServer(ClientRulesTest.PLAIN + ClientRulesTest.TAKES_ONE)) {
      assertThat(bench.send("typo.d.test:" + server.port()))
          .isInstanceOf(DeliveryStatus.Sent.class);
    }
  }
}

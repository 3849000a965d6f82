package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.tls.TestCertificates;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Messages whose sender asked for TLS all the way (RFC 8689). */
@Timeout(60)
class RequireTlsTest {
  private static final String ASKED = "Require-TLS-ESMTP: yes\n" + ClientBench.MESSAGE;

  @TempDir Path directory;
  private final ClientBench bench = new ClientBench();
  private TlsServer server;

  @BeforeEach
  void start() throws Exception {
    server = new TlsServer("mx.pem");
    TestCertificates.file(directory, "ca.pem");
    bench.dns.address("mx.example.net", "127.0.0.1");
    bench.set(
        "smtp_tls_CAfile", directory + "/ca.pem",
        "smtp_tls_security_level", "secure",
        "smtp_tls_secure_cert_match", "nexthop");
  }

  @AfterEach
  void end() throws Exception {
    bench.close();
    server.close();
  }

  private String send(String content) throws Exception {
    DeliveryStatus status =
        bench.send("[mx.example.net]:" + server.port(), content, "b@example.net").getFirst();
    return ClientBench.line(status);
  }

  private void policy(String action) {
    bench.set("smtp_requiretls_policy", action);
  }

  @Test
  void aServerThatKnowsItIsAskedToGoOnLikeThat() throws Exception {
    server.announces = "REQUIRETLS";

    assertThat(send(ASKED)).startsWith("sent ");
    assertThat(server.heard).contains("MAIL FROM:<a@example.com> REQUIRETLS");
    server.heard.clear();
    assertThat(send(ClientBench.MESSAGE)).startsWith("sent ");
    assertThat(server.heard).contains("MAIL FROM:<a@example.com>");
  }

  @Test
  void aServerThatDoesNotKnowItDoesNotGetTheMessage() throws Exception {
    assertThat(send(ASKED))
        .isEqualTo(
            "bounced 5.7.30 (Sender requested REQUIRETLS, but no server was found that supports"
                + " REQUIRETLS. The last attempted server was mx.example.net[127.0.0.1])");
    assertThat(server.heard).noneMatch(line -> line.startsWith("MAIL"));
  }

  @Test
  void withoutTlsOrWithAnotherCertificateItIsReturned() throws Exception {
    server.announces = "REQUIRETLS";
    bench.set("smtp_tls_security_level", "may");
    assertThat(send(ASKED)).contains("bounced 5.7.10", "disables certificate matching");

    bench.set("smtp_tls_security_level", "secure", "smtp_tls_secure_cert_match", "other.test");
    assertThat(send(ASKED)).contains("bounced 5.7.10", "no matching server certificate was found");
    assertThat(send(ClientBench.MESSAGE)).startsWith("deferred 4.7.5");

    server.offers = false;
    assertThat(send(ASKED)).contains("bounced 5.7.30", "TLS service was not offered by host");
  }

  @Test
  void aRefusalForNowIsTriedAgainLater() throws Exception {
    assertThat(
            fateAt(
                "S: 220 x ESMTP",
                "C: EHLO",
                "S: 250-x",
                "S: 250 STARTTLS",
                "C: STARTTLS",
                "S: 454 4.7.0 later"))
        .startsWith("deferred 4.7.0 (");
    assertThat(
            fateAt(
                "S: 220 x ESMTP",
                "C: EHLO",
                "S: 250-x",
                "S: 250 STARTTLS",
                "C: STARTTLS",
                "S: 554 5.7.0 never"))
        .startsWith("bounced 5.7.10 (");
  }

  private String fateAt(String... script) throws Exception {
    try (ScriptedServer other = new ScriptedServer(String.join("\n", script))) {
      String fate =
          ClientBench.line(
              bench.send("[mx.example.net]:" + other.port(), ASKED, "b@example.net").getFirst());
      assertThat(other.faults()).isEmpty();
      return fate;
    }
  }

  @Test
  void aPolicyThatCannotBeReadDefersAtAUnixSocketToo() throws Exception {
    try (ClientBench local = new ClientBench(Dialect.LMTP, "lmtp_requiretls_policy", "fail:down")) {
      assertThat(
              ClientBench.line(
                  local.send("unix:" + directory.resolve("s"), ASKED, "b@example.net").getFirst()))
          .startsWith("deferred 4.7.10");
    }
  }

  @Test
  void aWeakerPolicyAsksForLess() throws Exception {
    bench.set("smtp_tls_security_level", "may");
    policy("opportunistic+starttls");
    assertThat(send(ASKED)).startsWith("sent ").contains("encrypted");
    assertThat(server.heard).contains("MAIL FROM:<a@example.com>");
    assertThat(bench.log.text())
        .anyMatch(
            line -> line.contains("REQUIRETLS support was not offered by host mx.example.net["));
    bench.close();
    server.offers = false;
    assertThat(send(ASKED)).startsWith("bounced 5.7.30");

    policy("opportunistic");
    assertThat(send(ASKED)).startsWith("sent ").contains("in clear");
    policy("disable");
    assertThat(send(ASKED)).startsWith("sent ");
  }

  @Test
  void theFirstItemThatKnowsTheNextHopDecides() throws Exception {
    bench.set("smtp_tls_security_level", "may");
    policy("inline:{{.example.net=opportunistic}}, enforce");
    assertThat(send(ASKED)).startsWith("sent ");
    policy("inline:{{.example.org=opportunistic}}");
    assertThat(send(ASKED)).startsWith("bounced 5.7.10");
    policy("fail:down, opportunistic");
    assertThat(send(ASKED)).startsWith("deferred 4.7.10");
    policy("inline:{{mx.example.net=nonsense}}");
    assertThat(send(ASKED)).startsWith("deferred 4.7.10");
  }

  @Test
  void theDefaultSparesAddressesAndTheOwnDomain() throws Exception {
    bench.set("smtp_tls_security_level", "none", "mydomain", "example.net");
    assertThat(send(ASKED)).startsWith("sent ");
    assertThat(ClientBench.line(bench.send(server.nextHop(), ASKED, "b@x.test").getFirst()))
        .startsWith("sent ");
    bench.set("mydomain", "example.com");
    assertThat(send(ASKED)).startsWith("bounced 5.7.10");
  }

  @Test
  void theRequestIsNotTakenBackByTheHeaderThatSaysTlsDoesNotMatter() throws Exception {
    assertThat(send("TLS-Required: no\n" + ASKED)).startsWith("bounced 5.7.30");
  }

  @Test
  void whereItIsOffTheHeaderMeansNothing() throws Exception {
    bench.set("requiretls_enable", "no");
    assertThat(send(ASKED)).startsWith("sent ");
  }
}

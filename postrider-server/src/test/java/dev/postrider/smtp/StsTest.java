package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.dns.DnsAnswer;
import dev.postrider.dns.MxHost;
import dev.postrider.dns.TlsaRecord;
import dev.postrider.tls.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a policy of MTA-STS that is kept does to mail, and TLS-Required: no to all of that. */
@Timeout(60)
class StsTest {
  private static final String TAKEN = "sent 2.0.0 (250 2.0.0 taken encrypted)";
  private static final String IN_CLEAR = "sent 2.0.0 (250 2.0.0 taken in clear)";

  @TempDir private Path directory;
  private final ClientBench bench = new ClientBench();
  private TlsServer server;

  @BeforeEach
  void start() throws Exception {
    server = new TlsServer("mx.pem");
    bench.set(
        "smtp_tls_security_level", "may",
        "postrider_mta_sts", "yes",
        "data_directory", directory.toString(),
        "inet_protocols", "ipv4",
        "smtp_tls_CAfile", TestCertificates.file(directory, "ca.pem").toString());
    host("mx.example.net");
  }

  @AfterEach
  void end() throws Exception {
    bench.close();
    server.close();
  }

  private void host(String name) {
    bench.dns.mx("example.org", new DnsAnswer.Found<>(List.of(new MxHost(10, name)), true));
    bench.dns.signed(name, "", "127.0.0.1");
  }

  private void policy(String mode, String mx) throws IOException {
    Files.createDirectories(directory.resolve("mta-sts"));
    Files.writeString(
        directory.resolve("mta-sts/example.org"),
        "1\n"
            + bench.now.getEpochSecond()
            + "\nversion: STSv1\nmode: "
            + mode
            + "\nmx: "
            + mx
            + "\nmax_age: 86400\n");
    bench.set();
  }

  private String send(String header) throws Exception {
    return ClientBench.line(
        bench
            .set()
            .send("example.org:" + server.port(), header + ClientBench.MESSAGE, "b@example.org")
            .getFirst());
  }

  private String send() throws Exception {
    return send("");
  }

  @Test
  void aServerOfThePolicyWithTheRightCertificateGetsTheMail() throws Exception {
    policy("enforce", "*.example.net");
    assertThat(send()).isEqualTo(TAKEN);
    assertThat(server.handshakes.getFirst()).contains("mx.example.net");
    assertThat(bench.dns.asked).contains("TXT _mta-sts.example.org");
  }

  @Test
  void aServerThatThePolicyDoesNotNameGetsNone() throws Exception {
    policy("enforce", "mx.example.com");
    assertThat(send())
        .isEqualTo(
            "deferred 4.7.5 (server mx.example.net is not one that MTA-STS of example.org names)");
    assertThat(server.heard).isEmpty();
    bench.set("postrider_mta_sts", "testing");
    assertThat(send()).isEqualTo(TAKEN);
    assertThat(bench.log.text())
        .anyMatch(line -> line.endsWith("(testing: delivered all the same)"));
    bench.set("postrider_mta_sts", "no");
    int questions = bench.dns.asked.size();
    assertThat(send()).isEqualTo(TAKEN);
    assertThat(bench.dns.asked.subList(questions, bench.dns.asked.size()))
        .noneMatch(question -> question.startsWith("TXT"));
  }

  @Test
  void encryptionAndTheNameAreDemanded() throws Exception {
    host("other.example");
    policy("enforce", "other.example");
    assertThat(send()).startsWith("deferred 4.7.5 (Server certificate not verified: num=62");
    server.offers = false;
    assertThat(send()).startsWith("deferred 4.7.4 (TLS is required, but was not offered");
  }

  @Test
  void aPolicyForTestingOnlyTells() throws Exception {
    host("other.example");
    policy("testing", "other.example");
    assertThat(send()).isEqualTo(TAKEN);
    server.offers = false;
    assertThat(send()).isEqualTo(IN_CLEAR);
    assertThat(String.join("\n", bench.log.text()))
        .contains(
            "MTA-STS of example.org would refuse other.example[127.0.0.1]:"
                + server.port()
                + ": num=62:hostname mismatch",
            ": STARTTLS is not offered (testing: delivered all the same)");
  }

  @Test
  void daneAndWhatIsConfiguredForTheDestinationComeFirst() throws Exception { // RFC 8461 §2
    host("other.example");
    policy("enforce", "other.example");
    bench.set("smtp_tls_security_level", "dane", "smtp_dns_support_level", "dnssec");
    byte[] key = TestCertificates.chain("mx.pem")[0].getPublicKey().getEncoded();
    String name = "_" + server.port() + "._tcp.other.example";
    bench.dns.tlsa(name, new TlsaRecord(3, 1, 1, TestCertificates.digest("SHA-256", key)));
    assertThat(send()).isEqualTo(TAKEN);
    bench.dns.tlsa(name, new TlsaRecord(3, 1, 1, "00".repeat(32)));
    assertThat(send()).startsWith("deferred 4.7.5 (Server certificate not verified: num=65");
    bench.dns.tlsa(name, new DnsAnswer.NxDomain<>());
    assertThat(send()).startsWith("deferred 4.7.5 (Server certificate not verified: num=62");
    bench.tlsPolicies.put("example.org:" + server.port(), "may");
    assertThat(send()).isEqualTo(TAKEN);
  }

  @Test
  void aConnectionForAMessageThatWaivesCarriesNoOther() throws Exception {
    policy("enforce", "mx.example.com");
    server.offers = false;
    String nextHop = "example.org:" + server.port();
    String waiving = "TLS-Required: No\n" + ClientBench.MESSAGE;
    assertThat(ClientBench.line(bench.send(nextHop, waiving, "b@example.org").getFirst()))
        .isEqualTo(IN_CLEAR);
    assertThat(
            ClientBench.line(bench.send(nextHop, ClientBench.MESSAGE, "b@example.org").getFirst()))
        .startsWith("deferred 4.7.5 (server mx.example.net is not one");
  }

  @Test
  void aMessageMayWaiveWhatTheRecipientsDomainDemands() throws Exception { // RFC 8689 §5
    policy("enforce", "mx.example.com");
    server.offers = false;
    assertThat(send("TLS-Required: No\n")).isEqualTo(IN_CLEAR);
    assertThat(send("Subject: TLS-Required: No\n")).startsWith("deferred");
    assertThat(send("TLS-Required: yes\n")).startsWith("deferred");
    bench.set("tls_required_enable", "no");
    assertThat(send("TLS-Required: No\n")).startsWith("deferred");
    bench.set("tls_required_enable", "yes", "smtp_tls_security_level", "encrypt");
    assertThat(send("TLS-Required: No\n")).startsWith("deferred 4.7.4");
    bench.set("smtp_tls_security_level", "dane-only", "smtp_dns_support_level", "dnssec");
    assertThat(send("tls-required:no\n")).isEqualTo(IN_CLEAR);
    assertThat(send()).isEqualTo("deferred 4.7.5 (no TLSA records found)");
  }
}

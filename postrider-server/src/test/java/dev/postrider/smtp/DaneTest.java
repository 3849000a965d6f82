package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.dns.DnsAnswer;
import dev.postrider.dns.MxHost;
import dev.postrider.dns.TlsaRecord;
import dev.postrider.tls.TestCertificates;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** RFC 7672: whose TLSA records count, and what follows from them. */
@Timeout(60)
class DaneTest {
  private static final String TAKEN = "sent 2.0.0 (250 2.0.0 taken encrypted)";
  private static final String IN_CLEAR = "sent 2.0.0 (250 2.0.0 taken in clear)";
  private static final String HOST = "mx.example.net";
  private static final DnsAnswer<TlsaRecord> UNKNOWN = new DnsAnswer.TemporaryFailure<>("SERVFAIL");

  private final ClientBench bench = new ClientBench();
  private TlsServer server;
  private String tlsaName;

  @BeforeEach
  void start() throws Exception {
    server = new TlsServer("mx.pem");
    tlsaName = "_" + server.port() + "._tcp." + HOST;
    bench.set(
        "smtp_tls_security_level",
        "dane",
        "smtp_dns_support_level",
        "dnssec",
        "inet_protocols",
        "ipv4",
        "smtp_tls_loglevel",
        "1");
    mx(true);
    bench.dns.signed(HOST, "", "127.0.0.1");
  }

  @AfterEach
  void end() throws Exception {
    bench.close();
    server.close();
  }

  private void mx(boolean signed) {
    bench.dns.mx("example.org", new DnsAnswer.Found<>(List.of(new MxHost(10, HOST)), signed));
  }

  private String send() throws Exception {
    return ClientBench.line(bench.set().send("example.org:" + server.port()));
  }

  private static TlsaRecord record(int usage, int selector, int type, X509Certificate of)
      throws Exception {
    byte[] data = selector == 0 ? of.getEncoded() : of.getPublicKey().getEncoded();
    return new TlsaRecord(
        usage,
        selector,
        type,
        switch (type) {
          case 1 -> TestCertificates.digest("SHA-256", data);
          case 2 -> TestCertificates.digest("SHA-512", data);
          default -> java.util.HexFormat.of().withUpperCase().formatHex(data);
        });
  }

  private static X509Certificate leaf() throws Exception {
    return TestCertificates.chain("mx.pem")[0];
  }

  private static X509Certificate intermediate() throws Exception {
    return TestCertificates.chain("mx.pem")[1];
  }

  private static TlsaRecord wrong(int usage, int type) {
    return new TlsaRecord(usage, 1, type, "00".repeat(type == 2 ? 64 : 32));
  }

  private void assertNotVerified() throws Exception {
    assertThat(send()).startsWith("deferred 4.7.5 (Server certificate not verified: ");
  }

  @Test
  void theServersOwnCertificateOrKeyInEveryForm() throws Exception {
    for (int selector = 0; selector <= 1; selector++) {
      for (int type = 0; type <= 2; type++) {
        bench.dns.tlsa(tlsaName, record(3, selector, type, leaf()));
        assertThat(send()).as(selector + " " + type).isEqualTo(TAKEN);
      }
    }
    assertThat(String.join("\n", bench.log.text()))
        .contains("Verified TLS connection established to mx.example.net[127.0.0.1]");
    assertThat(server.handshakes.getFirst()).contains(HOST);
    bench.dns.tlsa(tlsaName, wrong(3, 1));
    assertNotVerified();
  }

  @Test
  void anAuthoritysCertificateOrKeyInEveryForm() throws Exception {
    for (int selector = 0; selector <= 1; selector++) {
      for (int type = 0; type <= 2; type++) {
        bench.dns.tlsa(tlsaName, record(2, selector, type, intermediate()));
        assertThat(send()).as(selector + " " + type).isEqualTo(TAKEN);
      }
      // The root, which the server does not send, must be in the record itself.
      X509Certificate root = TestCertificates.certificate("ca.pem");
      bench.dns.tlsa(tlsaName, record(2, selector, 0, root));
      assertThat(send()).isEqualTo(TAKEN);
      bench.dns.tlsa(tlsaName, record(2, selector, 1, root));
      assertNotVerified();
      bench.dns.tlsa(tlsaName, record(2, selector, 1, leaf()));
      assertNotVerified();
    }
  }

  @Test
  void withAnAuthorityTheNameCounts() throws Exception {
    bench.dns.mx("example.org", new DnsAnswer.Found<>(List.of(new MxHost(10, "b.test")), true));
    bench.dns.signed("b.test", "", "127.0.0.1");
    String name = "_" + server.port() + "._tcp.b.test";
    bench.dns.tlsa(name, record(2, 0, 1, intermediate()));
    assertThat(send()).contains("num=62:hostname mismatch", "expected b.test or example.org");
    bench.dns.tlsa(name, record(3, 0, 1, leaf()));
    assertThat(send()).isEqualTo(TAKEN);
  }

  @Test
  void anExpiredCertificateOfTheServersOwnIsGoodOneUnderAnAuthorityIsNot() throws Exception {
    try (TlsServer old = new TlsServer("expired.pem")) {
      String name = "_" + old.port() + "._tcp." + HOST;
      X509Certificate[] chain = TestCertificates.chain("expired.pem");
      bench.dns.tlsa(name, record(3, 1, 1, chain[0]));
      String nextHop = "example.org:" + old.port();
      assertThat(ClientBench.line(bench.set().send(nextHop))).isEqualTo(TAKEN);
      bench.dns.tlsa(name, record(2, 0, 1, chain[1]));
      assertThat(ClientBench.line(bench.set().send(nextHop)))
          .isEqualTo("deferred 4.7.5 (Server certificate not verified: certificate has expired)");
    }
  }

  @Test
  void theBestDigestAloneCounts() throws Exception {
    bench.dns.tlsa(tlsaName, wrong(3, 2), record(3, 1, 1, leaf()));
    assertNotVerified();
    bench.dns.tlsa(tlsaName, wrong(3, 1), record(3, 1, 2, leaf()));
    assertThat(send()).isEqualTo(TAKEN);
    bench.set("tls_dane_digests", "sha256 sha512");
    assertNotVerified();
    bench.set("tls_dane_digests", "sha512 sha3-256=200");
    byte[] key = leaf().getPublicKey().getEncoded();
    bench.dns.tlsa(tlsaName, new TlsaRecord(3, 1, 200, TestCertificates.digest("SHA3-256", key)));
    assertThat(send()).isEqualTo(TAKEN);
  }

  @Test
  void withoutRecordsTlsIsOptionalOrTheMailWaits() throws Exception {
    assertThat(send()).isEqualTo(TAKEN);
    server.offers = false;
    assertThat(send()).isEqualTo(IN_CLEAR);
    bench.set("smtp_tls_security_level", "dane-only");
    assertThat(send()).isEqualTo("deferred 4.7.5 (no TLSA records found)");
  }

  @Test
  void recordsThatMeanNothingForMailDemandEncryptionOnly() throws Exception {
    bench.dns.tlsa(
        tlsaName,
        record(0, 0, 1, leaf()),
        record(1, 0, 1, leaf()),
        new TlsaRecord(3, 1, 7, "AA"),
        new TlsaRecord(3, 1, 1, "AABB"),
        new TlsaRecord(3, 9, 1, "00".repeat(32)));
    assertThat(send()).isEqualTo(TAKEN);
    assertThat(bench.log.text())
        .anyMatch(line -> line.endsWith(HOST + ": unusable TLSA RR: 3 1 7 AA"));
    server.offers = false;
    assertThat(send()).startsWith("deferred 4.7.4 (TLS is required, but was not offered");
    server.offers = true;
    bench.set("smtp_tls_security_level", "dane-only");
    assertThat(send()).isEqualTo("deferred 4.7.5 (TLSA records unusable)");
  }

  @Test
  void encryptionThatRecordsPromiseIsNotGivenUp() throws Exception {
    bench.dns.tlsa(tlsaName, record(3, 1, 1, leaf()));
    server.offers = false;
    assertThat(send()).startsWith("deferred 4.7.4 (TLS is required, but was not offered");
  }

  @Test
  void aLookupThatFailsDefersThisServerOnly() throws Exception { // nasty input 106
    bench.dns.tlsa(tlsaName, UNKNOWN);
    assertThat(send())
        .isEqualTo("deferred 4.7.5 (TLSA lookup error for mx.example.net:" + server.port() + ")");
    assertThat(server.heard).isEmpty();
    bench.dns.mx(
        "example.org",
        new DnsAnswer.Found<>(List.of(new MxHost(10, HOST), new MxHost(20, "b.test")), true));
    bench.dns.signed("b.test", "", "127.0.0.1");
    assertThat(send()).isEqualTo(TAKEN);
  }

  @Test
  void anUnsignedMxRecordMeansWhatTheParameterSays() throws Exception {
    mx(false);
    bench.dns.tlsa(tlsaName, record(3, 1, 1, leaf()));
    assertThat(send()).isEqualTo(TAKEN);
    assertThat(String.join("\n", bench.log.text())).contains("Trusted TLS connection established");
    bench.dns.tlsa(tlsaName, wrong(3, 1));
    assertNotVerified();
    bench.set("smtp_tls_dane_insecure_mx_policy", "encrypt");
    assertThat(send()).isEqualTo(TAKEN);
    server.offers = false;
    assertThat(send()).startsWith("deferred 4.7.4");
    bench.set("smtp_tls_dane_insecure_mx_policy", "may");
    assertThat(send()).isEqualTo(IN_CLEAR);
    bench.set("smtp_tls_security_level", "dane-only");
    assertThat(send()).isEqualTo("deferred 4.7.5 (non DNSSEC destination)");
  }

  @Test
  void anUnsignedAddressAsksForNoRecordsUnlessForced() throws Exception {
    bench.dns.address(HOST, "127.0.0.1").tlsa(tlsaName, wrong(3, 1));
    assertThat(send()).isEqualTo(TAKEN);
    assertThat(bench.dns.asked).noneMatch(question -> question.startsWith("TLSA"));
    bench.set("smtp_tls_force_insecure_host_tlsa_lookup", "yes");
    assertNotVerified();
  }

  @Test
  void recordsThatAreNotSignedAreNone() throws Exception {
    bench.dns.tlsa(tlsaName, new DnsAnswer.Found<>(List.of(wrong(3, 1)), false));
    server.offers = false;
    assertThat(send()).isEqualTo(IN_CLEAR);
  }

  @Test
  void theNameBehindAnAliasComesFirst() throws Exception {
    bench.dns.signed(HOST, "real.example.net", "127.0.0.1");
    String behind = "_" + server.port() + "._tcp.real.example.net";
    bench.dns.tlsa(tlsaName, record(3, 1, 1, leaf()));
    assertThat(send()).isEqualTo(TAKEN);
    assertThat(server.handshakes.getLast()).contains(HOST);
    bench.dns.tlsa(behind, wrong(3, 1));
    assertNotVerified();
    bench.dns.tlsa(behind, UNKNOWN);
    assertThat(send()).contains("TLSA lookup error");
  }

  @Test
  void aSignedAliasOfAnUnsignedNameCounts() throws Exception {
    bench.dns.mx("example.org", new DnsAnswer.Found<>(List.of(new MxHost(10, HOST)), true));
    bench.dns.unsigned(HOST, "elsewhere.test", "127.0.0.1");
    bench.dns.tlsa(tlsaName, wrong(3, 1));
    bench.dns.alias(HOST, new DnsAnswer.Found<>(List.of("elsewhere.test"), false));
    assertThat(send()).isEqualTo(TAKEN);
    bench.dns.alias(HOST, new DnsAnswer.Found<>(List.of("elsewhere.test"), true));
    assertNotVerified();
    bench.dns.alias(HOST, new DnsAnswer.TemporaryFailure<>("SERVFAIL"));
    assertThat(send()).contains("TLSA lookup error");
  }

  @Test
  void withoutSignaturesThereIsNoDane() throws Exception {
    bench.set("smtp_dns_support_level", "");
    bench.dns.tlsa(tlsaName, wrong(3, 1));
    assertThat(send()).isEqualTo(TAKEN);
    assertThat(bench.log.text())
        .anyMatch(line -> line.contains("dane configured with dnssec lookups disabled"));
    bench.set("smtp_tls_security_level", "dane-only");
    assertThat(send())
        .startsWith("deferred 4.7.5 (client TLS configuration problem: example.org:")
        .contains("set smtp_dns_support_level = dnssec");
  }

  @Test
  void aDestinationOfTheTableMayHaveItsOwnLevel() throws Exception {
    bench.dns.tlsa(tlsaName, wrong(3, 1));
    bench.tlsPolicies.put("example.org:" + server.port(), "may");
    assertThat(send()).isEqualTo(TAKEN);
    bench.set("smtp_tls_security_level", "may");
    bench.tlsPolicies.put("example.org:" + server.port(), "dane-only protocols=TLSv1.2");
    assertNotVerified();
    bench.dns.tlsa(tlsaName, record(3, 1, 1, leaf()));
    assertThat(send()).isEqualTo(TAKEN);
    assertThat(server.handshakes.getLast()).startsWith("TLSv1.2");
  }
}

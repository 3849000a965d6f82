package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.dns.TlsaRecord;
import dev.postrider.tls.TestCertificates;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a collector of TLSRPT is told (RFC 8460), in the datagrams of libtlsrpt. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class TlsReportTest {
  private static final String RECORD = "v=TLSRPTv1; rua=mailto:tls@example.net";

  @TempDir Path directory;
  private final ClientBench bench = new ClientBench();
  private TlsServer server;
  private DatagramListener collector;

  @BeforeEach
  void start() throws Exception {
    server = new TlsServer("mx.pem");
    collector = new DatagramListener(directory.resolve("collector"));
    TestCertificates.file(directory, "ca.pem");
    bench.dns.address("mx.example.net", "127.0.0.1").texts("_smtp._tls.mx.example.net", RECORD);
    bench.set(
        "smtp_tls_CAfile",
        directory + "/ca.pem",
        "smtp_tls_security_level",
        "may",
        "smtp_tlsrpt_enable",
        "yes",
        "smtp_tlsrpt_socket_name",
        directory + "/collector");
  }

  @AfterEach
  void end() throws Exception {
    bench.close();
    server.close();
    collector.close();
  }

  private String send() throws Exception {
    return ClientBench.line(bench.send("[mx.example.net]:" + server.port()));
  }

  private static String report(String policy) {
    return "{\"dpv\":\"1\",\"d\":\"mx.example.net\",\"pr\":\""
        + RECORD
        + "\",\"policies\":[{"
        + policy
        + "}]}";
  }

  private static String failure(int code, String reason) {
    return ",\"failure-details\":[{\"c\":"
        + code
        + ",\"s\":\"127.0.0.1\",\"n\":\"mx.example.net\",\"h\":\"250-mx.example.net\\u000d\\u000a"
        + "250-STARTTLS\\u000d\\u000a250 ENHANCEDSTATUSCODES\",\"r\":\"127.0.0.1\""
        + reason
        + "}],\"t\":1,\"f\":1";
  }

  @Test
  void thatAllIsWellIsToldOnceAConnection() throws Exception {
    assertThat(send()).startsWith("sent ");
    assertThat(collector.next()).isEqualTo(report("\"policy-type\":9,\"t\":0,\"f\":0"));
    assertThat(collector.next()).isEmpty();
    assertThat(bench.log.text())
        .contains(
            "smtp: TLSRPT: status=success, domain=mx.example.net,"
                + " receiving_mx=mx.example.net[127.0.0.1]");
  }

  @Test
  void aCertificateThatWillNotDoIsToldOf() throws Exception {
    bench.set("smtp_tls_security_level", "secure", "smtp_tls_secure_cert_match", "other.test");
    assertThat(send()).startsWith("deferred 4.7.5");
    assertThat(collector.next()).isEqualTo(report("\"policy-type\":9" + failure(202, "")));

    bench.set("smtp_tls_CAfile", "", "smtp_tls_secure_cert_match", "nexthop");
    assertThat(send()).startsWith("deferred 4.7.5");
    assertThat(collector.next()).isEqualTo(report("\"policy-type\":9" + failure(203, "")));
  }

  @Test
  void aHandshakeThatFailsAndAServerWithoutTlsAreToldOf() throws Exception {
    server.protocols = java.util.List.of("TLSv1.2");
    bench.set("smtp_tls_security_level", "encrypt", "smtp_tls_mandatory_protocols", ">=TLSv1.3");
    assertThat(send()).startsWith("deferred 4.7.5");
    assertThat(collector.next())
        .isEqualTo(report("\"policy-type\":9" + failure(205, ",\"f\":\"tls-handshake-failure\"")));

    server.offers = false;
    assertThat(send()).startsWith("deferred 4.7.4");
    assertThat(collector.next()).contains("\"c\":201,");
  }

  @Test
  void thePolicyThatCountedIsPartOfIt() throws Exception {
    bench.tlsPolicies.put(
        "[mx.example.net]:" + server.port(),
        "secure match=mx.example.net policy_type=sts policy_domain=example.net"
            + " mx_host_pattern=*.example.net policy_string=version:STSv1"
            + " policy_string=mode:enforce");
    bench.set("smtp_tls_loglevel", "1");
    assertThat(send()).startsWith("sent ");
    assertThat(collector.next())
        .isEqualTo(
            report(
                "\"policy-type\":2,\"policy-domain\":\"example.net\","
                    + "\"policy-string\":[\"version:STSv1\",\"mode:enforce\"],"
                    + "\"mx-host\":[\"*.example.net\"],\"t\":0,\"f\":0"));
  }

  @Test
  void recordsOfDaneAreToo() throws Exception {
    String key =
        TestCertificates.digest(
            "SHA-256", TestCertificates.chain("mx.pem")[0].getPublicKey().getEncoded());
    bench.dns.signed("mx.example.net", "", "127.0.0.1");
    bench.dns.tlsa("_" + server.port() + "._tcp.mx.example.net", new TlsaRecord(3, 1, 1, key));
    bench.set("smtp_tls_security_level", "dane", "smtp_dns_support_level", "dnssec");
    assertThat(send()).startsWith("sent ");
    assertThat(collector.next())
        .isEqualTo(
            report(
                "\"policy-type\":1,\"policy-domain\":\"mx.example.net\",\"policy-string\":"
                    + "[\"3 1 1 "
                    + key
                    + "\"],\"t\":0,\"f\":0"));
  }

  @Test
  void nothingIsToldOfWhoDoesNotWantItOrWhereNobodyListens() throws Exception {
    bench.dns.texts("_smtp._tls.mx.example.net", "v=TLSRPTv2; x=y");
    assertThat(send()).startsWith("sent ");
    bench.dns.texts("_smtp._tls.mx.example.net", RECORD, RECORD);
    bench.close();
    assertThat(send()).startsWith("sent ");
    assertThat(collector.next()).isEmpty();

    bench.dns.texts("_smtp._tls.mx.example.net", RECORD);
    bench.set("smtp_tlsrpt_socket_name", directory + "/nobody");
    assertThat(send()).startsWith("sent ");
    assertThat(bench.log.text())
        .anyMatch(line -> line.contains("TLSRPT: nobody listens at " + directory + "/nobody"));
  }

  @Test
  void aHandshakeThatGoesOnFromAnEarlierOneMayBeLeftOut() throws Exception {
    bench.set("smtp_tlsrpt_skip_reused_handshakes", "yes");
    assertThat(send()).startsWith("sent ");
    assertThat(collector.next()).contains("\"f\":0");
    assertThat(send()).startsWith("sent ");
    assertThat(collector.next()).isEmpty();
  }
}

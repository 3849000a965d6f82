package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.tls.TestCertificates;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a server with STARTTLS sees of each policy, and what becomes of the mail. */
@Timeout(60)
class TlsPolicyTest {
  private static final String TAKEN = "sent 2.0.0 (250 2.0.0 taken encrypted)";
  private static final String NOT_VERIFIED = "deferred 4.7.5 (Server certificate not verified: ";

  @TempDir private Path directory;
  private final ClientBench bench = new ClientBench();
  private TlsServer server;

  @BeforeEach
  void start() throws Exception {
    server = new TlsServer("mx.pem");
    bench.set("smtp_tls_loglevel", "1");
  }

  @AfterEach
  void end() throws Exception {
    bench.close();
    server.close();
  }

  private String policy(String value) throws Exception {
    bench.tlsPolicies.put(server.nextHop(), value);
    return send();
  }

  private String send() throws Exception {
    return ClientBench.line(bench.set().send(server.nextHop()));
  }

  private String pem(String name) throws Exception {
    return TestCertificates.file(directory, name).toString();
  }

  private static String certificateDigest(String algorithm) throws Exception {
    return TestCertificates.digest(algorithm, TestCertificates.chain("mx.pem")[0].getEncoded());
  }

  private static String keyDigest() throws Exception {
    return TestCertificates.digest(
        "SHA-256", TestCertificates.chain("mx.pem")[0].getPublicKey().getEncoded());
  }

  @Test
  void aFingerprintOfTheCertificateOrOfItsKeyIsEnough() throws Exception {
    bench.set("smtp_tls_fingerprint_digest", "sha256");
    String wrong = "00".repeat(32);

    assertThat(policy("fingerprint match=" + certificateDigest("SHA-256"))).isEqualTo(TAKEN);
    assertThat(policy("fingerprint match=" + keyDigest().toLowerCase(java.util.Locale.ROOT)))
        .isEqualTo(TAKEN);
    assertThat(policy("fingerprint match=" + wrong + "|" + keyDigest())).isEqualTo(TAKEN);
    assertThat(policy("fingerprint match=" + wrong + " match=" + keyDigest())).isEqualTo(TAKEN);
    assertThat(bench.log.text()).anyMatch(line -> line.contains("Verified TLS connection est"));
    assertThat(policy("fingerprint match=" + wrong))
        .isEqualTo(NOT_VERIFIED + "num=65:no matching DANE TLSA records)");
    assertThat(String.join("\n", bench.log.text()))
        .contains(
            "server certificate verification failed for 127.0.0.1[127.0.0.1]:"
                + server.port()
                + ": num=65:no matching DANE TLSA records",
            "Untrusted TLS connection established to");
  }

  @Test
  void fingerprintsOfMainCfCountWhereTheTableHasNone() throws Exception {
    bench.set(
        "smtp_tls_security_level",
        "fingerprint",
        "smtp_tls_fingerprint_digest",
        "sha1",
        "smtp_tls_fingerprint_cert_match",
        certificateDigest("SHA-1").replaceAll("(..)(?!$)", "$1:"));
    assertThat(send()).isEqualTo(TAKEN);

    bench.set("smtp_tls_fingerprint_cert_match", "AA:BB");
    assertThat(send())
        .startsWith("deferred 4.7.5 (client TLS configuration problem: the level fingerprint");
    bench.set("smtp_tls_fingerprint_digest", "sha257");
    assertThat(send()).contains("smtp_tls_fingerprint_digest = sha257: no such digest");
    assertThat(server.handshakes).hasSize(1);
  }

  @Test
  void theNameIsComparedAsPostfixDoes() throws Exception {
    bench.set("smtp_tls_CAfile", pem("ca.pem"));

    assertThat(policy("secure match=mx.example.net")).isEqualTo(TAKEN);
    assertThat(policy("verify match=MX.Example.Net.")).isEqualTo(TAKEN);
    assertThat(policy("secure match=a.wild.example")).isEqualTo(TAKEN);
    assertThat(policy("secure match=no.example:.example.net")).isEqualTo(TAKEN);
    assertThat(policy("secure match=a.b.wild.example"))
        .isEqualTo(
            NOT_VERIFIED
                + "num=62:hostname mismatch: the certificate is for mx.example.net,"
                + " *.wild.example, expected a.b.wild.example)");
    assertThat(policy("secure match=wild.example")).startsWith(NOT_VERIFIED + "num=62");
    assertThat(policy("secure")).startsWith(NOT_VERIFIED + "num=62");
    assertThat(bench.log.text()).anyMatch(line -> line.contains("Untrusted TLS connection est"));
  }

  @Test
  void trustAnchorsOfADestinationCountInsteadOfTheAuthorities() throws Exception {
    String name = " match=mx.example.net";
    assertThat(policy("secure" + name)).contains("neither smtp_tls_CAfile nor smtp_tls_CApath");
    // The root is not among what the server sends: the file holds it whole.
    assertThat(policy("secure tafile=" + pem("ca.pem") + name)).isEqualTo(TAKEN);
    assertThat(policy("secure tafile=" + pem("ca-key.pem") + name)).isEqualTo(TAKEN);
    assertThat(policy("secure tafile=" + pem("intermediate.pem") + name)).isEqualTo(TAKEN);
    assertThat(policy("verify tafile=" + pem("mx.pem") + name)).isEqualTo(TAKEN);
    assertThat(policy("verify tafile=" + pem("mx.pem") + " match=other.example"))
        .startsWith(NOT_VERIFIED + "num=62:hostname mismatch");
    // Only the others count then, whatever the authorities say.
    bench.set("smtp_tls_CAfile", pem("ca.pem"));
    String another = TestCertificates.text("expired.pem");
    Path file =
        Files.writeString(
            directory.resolve("another.pem"),
            another.substring(0, another.lastIndexOf("-----BEGIN CERTIFICATE")));
    assertThat(policy("secure tafile=" + file + name)).startsWith(NOT_VERIFIED);
    assertThat(policy("secure tafile=" + directory + "/none" + name))
        .startsWith("deferred 4.7.5 (smtp_tls_policy_maps: attribute 'tafile=");
  }

  @Test
  void trustAnchorsOfMainCfCountWhereTheTableHasNone() throws Exception {
    bench.set("smtp_tls_trust_anchor_file", pem("ca.pem"));
    assertThat(policy("secure match=mx.example.net")).isEqualTo(TAKEN);
    bench.set("smtp_tls_trust_anchor_file", directory + "/none");
    assertThat(policy("secure match=mx.example.net"))
        .contains("smtp_tls_trust_anchor_file: cannot read", directory + "/none");
  }

  @Test
  void aChainLongerThanAllowedIsNotTrusted() throws Exception {
    try (TlsServer deep = new TlsServer("deep.pem")) {
      bench.set("smtp_tls_CAfile", pem("ca.pem"), "smtp_tls_scert_verifydepth", "0");
      bench.tlsPolicies.put(deep.nextHop(), "secure match=mx.example.net");
      assertThat(ClientBench.line(bench.set().send(deep.nextHop())))
          .isEqualTo(NOT_VERIFIED + "certificate chain longer than limit(1))");
      assertThat(bench.log.text())
          .anyMatch(line ->
              line.endsWith(
                  "smtp: certificate verification failed for 127.0.0.1[127.0.0.1]:"
                      + deep.port()
                      + ": certificate chain longer than limit(1)"));
      assertThat(policy("secure match=mx.example.net")).isEqualTo(TAKEN);
      bench.set("smtp_tls_scert_verifydepth", "1");
      assertThat(ClientBench.line(bench.set().send(deep.nextHop()))).isEqualTo(TAKEN);
    }
  }

  @Test
  void anExpiredCertificateIsNamedSo() throws Exception {
    try (TlsServer old = new TlsServer("expired.pem")) {
      bench.set("smtp_tls_CAfile", pem("ca.pem"));
      bench.tlsPolicies.put(old.nextHop(), "secure match=mx.example.net");
      assertThat(ClientBench.line(bench.set().send(old.nextHop())))
          .isEqualTo(NOT_VERIFIED + "certificate has expired)");
      bench.set("smtp_tls_fingerprint_digest", "sha256");
      bench.tlsPolicies.put(
          old.nextHop(),
          "fingerprint match="
              + TestCertificates.digest(
                  "SHA-256", TestCertificates.chain("expired.pem")[0].getEncoded()));
      assertThat(ClientBench.line(bench.set().send(old.nextHop()))).isEqualTo(TAKEN);
    }
  }

  @Test
  void theOwnCertificateIsShownWhateverAuthoritiesTheServerNames() throws Exception {
    server.asks = true;
    bench.set("smtp_tls_security_level", "encrypt");
    assertThat(send()).isEqualTo(TAKEN);
    bench.set("smtp_tls_chain_files", pem("client-ec.pem"));
    assertThat(send()).isEqualTo(TAKEN);
    bench.set("smtp_tls_chain_files", "", "smtp_tls_cert_file", pem("client-rsa.pem"));
    assertThat(send()).isEqualTo(TAKEN);
    assertThat(server.handshakes.get(0)).endsWith("nobody");
    assertThat(server.handshakes.get(1)).endsWith("CN=client.example.com");
    assertThat(server.handshakes.get(2)).endsWith("CN=rsa.client.example.com");
  }

  @Test
  void aCertificateThatCannotBeUsedDefersWhereTlsIsDemanded() throws Exception {
    bench.set("smtp_tls_security_level", "encrypt", "smtp_tls_cert_file", pem("ca.pem"));
    assertThat(send())
        .isEqualTo(
            "deferred 4.7.5 (client TLS configuration problem: "
                + directory
                + "/ca.pem: no private key in PEM form)");
    bench.set("smtp_tls_cert_file", pem("mx.pem"), "smtp_tls_key_file", pem("client-rsa.pem"));
    assertThat(send()).contains("mx.pem: the first certificate is for another key (EC)");
    bench.set("smtp_tls_security_level", "may");
    assertThat(send()).isEqualTo(TAKEN);
    assertThat(bench.log.text()).anyMatch(line -> line.endsWith("; none is shown"));
  }

  @Test
  void protocolsCiphersAndServerNameAreThoseOfTheTable() throws Exception {
    assertThat(policy("encrypt protocols=TLSv1.2 servername=mail.example.org")).isEqualTo(TAKEN);
    assertThat(policy("encrypt protocols=TLSv1.2 exclude=CHACHA20:AES128:SHA384")).isEqualTo(TAKEN);
    assertThat(server.handshakes.get(0)).contains("TLSv1.2", "mail.example.org");
    assertThat(server.handshakes.get(1)).contains("TLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_256_GCM");
    bench.set("tls_high_cipherlist", "kEECDH+AESGCM+AES128:!aNULL");
    assertThat(policy("encrypt protocols=TLSv1.2 ciphers=high")).isEqualTo(TAKEN);
    assertThat(server.handshakes.get(2)).contains("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    assertThat(policy("encrypt ciphers=best"))
        .contains("invalid TLS cipher grade \"best\" (use medium or high)");
  }

  @Test
  void whatCannotBeReadInAnEntryDefersTheMail() throws Exception {
    assertThat(policy("encrypt match=x")).contains("means nothing at the level 'encrypt'");
    assertThat(policy("secure match")).contains("malformed attribute 'match'");
    assertThat(policy("secure match=")).contains("'match' has no value");
    assertThat(policy("secure ciphers=high ciphers=high")).contains("stands there twice");
    assertThat(policy("fingerprint tafile=x")).contains("'tafile' means nothing");
    assertThat(policy("encrypt connection_reuse=maybe")).contains("use yes or no");
    assertThat(policy("secure servername=-x")).contains("not a host name");
    assertThat(policy("half-dane")).contains("unknown or unsupported TLS policy 'half-dane'");
    assertThat(policy(" ")).contains("write a level first");
    assertThat(server.handshakes).isEmpty();
  }

  @Test
  void connectionsAreKeptUnlessTheTableSaysOtherwise() throws Exception {
    bench.set("smtp_tls_loglevel", "1");
    bench.tlsPolicies.put(server.nextHop(), "encrypt");
    bench.set().send(server.nextHop());
    bench.send(server.nextHop());
    assertThat(server.handshakes).hasSize(1);
    assertThat(bench.log.text())
        .anyMatch(line -> line.contains("Untrusted TLS connection reused to 127.0.0.1[127.0.0.1]"));
    bench.tlsPolicies.put(server.nextHop(), "encrypt connection_reuse=no");
    bench.set().send(server.nextHop());
    bench.send(server.nextHop());
    assertThat(server.handshakes).hasSize(3);
  }

  @Test
  void sessionsAreResumedForAsLongAsAllowed() throws Exception {
    server.protocols = java.util.List.of("TLSv1.2");
    bench.set("smtp_tls_security_level", "encrypt", "smtp_tls_connection_reuse", "no");
    bench.set("smtp_tls_loglevel", "cache,summary");
    bench.send(server.nextHop());
    bench.send(server.nextHop());
    assertThat(server.sessions.stream().distinct()).hasSize(1);
    assertThat(bench.log.text())
        .anyMatch(line -> line.endsWith("]:" + server.port() + ": Reusing old session"));
    bench.set("smtp_tls_session_cache_timeout", "0s");
    bench.send(server.nextHop());
    bench.send(server.nextHop());
    assertThat(server.sessions.stream().distinct()).hasSize(3);
  }

  @Test
  void theOldTablesPerSiteCountWhereThereAreNoPolicies() throws Exception {
    bench.set("smtp_tls_security_level", "may");
    bench.tlsPerSite.put("127.0.0.1", "NONE");
    assertThat(send()).isEqualTo("sent 2.0.0 (250 2.0.0 taken in clear)");
    bench.tlsPerSite.put(server.nextHop(), "MUST_NOPEERMATCH");
    assertThat(send()).isEqualTo(TAKEN);
    bench.tlsPerSite.put("127.0.0.1", "MUST");
    assertThat(send()).startsWith(NOT_VERIFIED);
    bench.tlsPerSite.put("127.0.0.1", "SHOULD");
    assertThat(send()).contains("smtp_tls_per_site: unknown TLS policy 'SHOULD' for 127.0.0.1");
    bench.tlsPolicies.put("elsewhere.example", "secure");
    assertThat(send()).isEqualTo(TAKEN);
  }

  @Test
  void theLogShowsTheCertificateIfAsked() throws Exception {
    bench.set("smtp_tls_fingerprint_digest", "sha256", "smtp_tls_loglevel", "peercert");
    assertThat(policy("fingerprint match=" + keyDigest())).isEqualTo(TAKEN);
    assertThat(String.join("\n", bench.log.text()))
        .contains(
            ": subject_CN=mx.example.net, issuer_CN=Test intermediate, fingerprint="
                + certificateDigest("SHA-256").replaceAll("(..)(?!$)", "$1:")
                + ", pkey_fingerprint="
                + keyDigest().replaceAll("(..)(?!$)", "$1:"));
  }

  @Test
  void anOfferThatIsNotUsedIsNotedIfAsked() throws Exception {
    bench.set("smtp_tls_note_starttls_offer", "yes");
    assertThat(send()).isEqualTo("sent 2.0.0 (250 2.0.0 taken in clear)");
    assertThat(bench.log.text())
        .anyMatch(line -> line.endsWith("Host offered STARTTLS: [127.0.0.1]"));
    server.offers = false;
    int before = bench.log.text().size();
    assertThat(send()).isEqualTo("sent 2.0.0 (250 2.0.0 taken in clear)");
    assertThat(bench.log.text().subList(before, bench.log.text().size()))
        .noneMatch(line -> line.contains("offered"));
  }

  @Test
  void aReplyBeforeItsCommandIsNotTakenIfAskedSo() throws Exception {
    server.early = "250 2.1.0 injected";
    bench.set("smtp_tls_security_level", "encrypt", "smtp_tls_block_early_mail_reply", "yes");
    assertThat(send()).isEqualTo("deferred 4.7.0 (unexpected server message)");
    assertThat(bench.log.text())
        .anyMatch(line ->
            line.contains(
                "server 127.0.0.1[127.0.0.1] violates smtp_tls_block_early_mail_reply policy"));
    assertThat(server.heard).noneMatch(line -> line.startsWith("MAIL"));
  }
}

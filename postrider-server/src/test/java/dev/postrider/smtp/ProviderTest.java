package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.MemoryContent;
import dev.postrider.delivery.Retry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS and logins against a real provider: Debian's Postfix with Cyrus SASL. */
@Timeout(120)
class ProviderTest {
  private static Path directory;
  private static int submission;
  private static int smtps;

  private final ClientBench bench = new ClientBench();

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(
        "root".equals(System.getProperty("user.name")),
        "the provider is a Debian Postfix, which only root can start");
    assumeTrue(
        Files.isExecutable(Path.of("/usr/sbin/postfix"))
            && Files.isExecutable(Path.of("/usr/sbin/saslpasswd2")),
        "the provider needs Debian's packages postfix, sasl2-bin and libsasl2-modules");
    directory = Files.createTempDirectory("prsmtp");
    submission = freePort();
    smtps = freePort();
    run("start", String.valueOf(submission), String.valueOf(smtps));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  private static void run(String command, String... ports) throws Exception {
    Path script =
        Path.of(System.getProperty("postrider.root", ".."))
            .resolve("postrider-server/src/test/peers/provider.sh");
    ProcessBuilder builder =
        new ProcessBuilder("bash", script.toString(), command, directory.toString());
    builder.command().addAll(java.util.List.of(ports));
    builder.environment().put("MECHS", "PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256");
    builder.environment().put("PATH", System.getenv("PATH") + ":/usr/sbin:/sbin");
    Process process =
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    assertThat(process.waitFor()).as("provider.sh " + command).isZero();
  }

  @AfterAll
  static void stop() throws Exception {
    if (directory == null) {
      return;
    }
    run("stop");
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(file -> {
            try {
              Files.delete(file);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }

  @BeforeEach
  void configure() {
    bench.set(
        "smtp_sasl_auth_enable", "yes",
        "smtp_sasl_tls_security_options", "noanonymous",
        "smtp_tls_security_level", "secure",
        "smtp_tls_CAfile", directory + "/ca/ca.pem",
        "smtp_tls_loglevel", "1");
    bench.dns.address("localhost", "127.0.0.1");
    bench.dns.address("smtp.provider.test", "127.0.0.1");
    bench.dns.address("other.test", "127.0.0.1");
    bench.passwords.put("localhost", "me@provider.test:app-pass-1234");
    bench.passwords.put("smtp.provider.test", "me@provider.test:app-pass-1234");
    bench.passwords.put("other.test", "me@provider.test:app-pass-1234");
  }

  @AfterEach
  void end() {
    bench.close();
  }

  private String send(String host, int port) throws InterruptedException {
    return ClientBench.line(
        bench
            .send(
                "[" + host + "]:" + port,
                MemoryContent.of(ClientBench.MESSAGE),
                dev.postrider.mail.envelope.Envelope.of(
                    dev.postrider.mail.address.ReversePath.of(
                        new dev.postrider.mail.address.Mailbox("me", "provider.test")),
                    java.util.List.of(ClientBench.recipient("you@dest.test"))))
            .getFirst());
  }

  @ParameterizedTest
  @ValueSource(strings = {"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"})
  void logsInByEveryMechanismOverStartTls(String mechanism) throws Exception {
    bench.set("smtp_sasl_mechanism_filter", mechanism);

    assertThat(send("smtp.provider.test", submission)).startsWith("sent 2.0.0 (250 2.0.0 Ok");

    assertThat(String.join("\n", bench.log.text()))
        .contains(
            "Verified TLS connection established to smtp.provider.test[127.0.0.1]:"
                + submission
                + ": TLSv1.3 with cipher TLS_CHACHA20_POLY1305_SHA256 (256/256 bits)");
  }

  @Test
  void implicitTlsWorksInWrapperMode() throws Exception {
    bench.set("smtp_tls_wrappermode", "yes", "smtp_tls_security_level", "encrypt");
    assertThat(send("localhost", smtps)).startsWith("sent 2.0.0");
  }

  @Test
  void wrapperModeWithoutALevelIsToldWhatItNeeds() throws Exception {
    bench.set("smtp_tls_wrappermode", "yes", "smtp_tls_security_level", "may");
    assertThat(send("localhost", smtps))
        .isEqualTo("deferred 4.7.5 (client TLS configuration problem)");
  }

  @Test
  void secondMessageGoesOverTheSameLoggedInSession() throws Exception {
    assertThat(send("localhost", submission)).startsWith("sent");
    assertThat(send("localhost", submission)).startsWith("sent");
    assertThat(bench.log.text())
        .satisfiesExactly(
            line -> assertThat(line).contains("TLS connection established"),
            line -> assertThat(line).contains("TLS connection reused"));
  }

  @Test
  void wrongPasswordDefersAndIsNotHammered() throws Exception {
    bench.passwords.put("localhost", "me@provider.test:wrong");
    assertThat(send("localhost", submission))
        .startsWith(
            "deferred 4.7.8 (SASL authentication failed; server localhost[127.0.0.1] said: 535"
                + " 5.7.8 ");
    assertThat(send("localhost", submission))
        .startsWith(
            "deferred 4.7.8 (account me@provider.test at localhost rests, 1 refusal: SASL authentication");
    assertThat(String.join("\n", bench.log.text()))
        .contains("Check the line for this server")
        .doesNotContain("wrong\n");

    bench.passwords.put("localhost", "me@provider.test:app-pass-1234");
    assertThat(send("localhost", submission)).startsWith("sent 2.0.0");
  }

  @Test
  void plaintextMechanismsAreRefusedByDefaultWithTheRemedy() throws Exception {
    bench.set(
        "smtp_sasl_tls_security_options", "noplaintext, noanonymous",
        "smtp_sasl_mechanism_filter", "plain, login");
    assertThat(send("localhost", submission))
        .isEqualTo(
            "deferred 4.7.0 (SASL authentication failed; cannot authenticate to server"
                + " localhost[127.0.0.1]: no mechanism available)");
    assertThat(String.join("\n", bench.log.text()))
        .contains("set smtp_sasl_tls_security_options = noanonymous");
  }

  @Test
  void untrustedAuthorityDefers() throws Exception {
    bench.set("smtp_tls_CAfile", "");
    String why = "untrusted issuer /CN=Test CA; neither smtp_tls_CAfile nor smtp_tls_CApath is set";
    assertThat(send("localhost", submission))
        .isEqualTo("deferred 4.7.5 (Server certificate not verified: " + why + ")");
    assertThat(bench.log.text())
        .contains(
            "smtp: certificate verification failed for localhost[127.0.0.1]:"
                + submission
                + ": "
                + why);
  }

  @Test
  void wrongNameDefersAndTheLogSaysBothNames() throws Exception {
    assertThat(send("other.test", submission))
        .startsWith("deferred 4.7.5 (Server certificate not verified: num=62:hostname mismatch");
    assertThat(String.join("\n", bench.log.text()))
        .contains("hostname mismatch: the certificate is for smtp.provider.test, localhost")
        .contains("expected other.test");
  }

  @Test
  void sessionsResumedAreVerifiedToo() throws Exception {
    bench.set("smtp_connection_cache_on_demand", "no");
    assertThat(send("smtp.provider.test", submission)).startsWith("sent");
    assertThat(send("smtp.provider.test", submission)).startsWith("sent");
    assertThat(bench.log.text()).hasSize(2).allMatch(line -> line.contains("Verified TLS"));
  }

  @Test
  void mailOfASenderThatIsNotTheLoginsIsKept() throws Exception {
    DeliveryStatus status = bench.send("[localhost]:" + submission);
    assertThat(ClientBench.line(status))
        .startsWith("deferred 4.7.1 (host localhost[127.0.0.1] said: 55");
    assertThat(((DeliveryStatus.Deferred) status).retry()).isEqualTo(new Retry.OnHold());
  }

  @Test
  void anyCertificateWillDoAtLevelEncrypt() throws Exception {
    bench.set("smtp_tls_security_level", "encrypt", "smtp_tls_CAfile", "");
    assertThat(send("localhost", submission)).startsWith("sent");
    assertThat(String.join("\n", bench.log.text())).contains("smtp: Untrusted TLS connection");
  }

  @Test
  void aDeliveryStatusNamesTheRelay() throws Exception {
    DeliveryStatus status = bench.send("[localhost]:" + submission);
    assertThat(status.attempt().relay()).isEqualTo("localhost[127.0.0.1]:" + submission);
  }
}

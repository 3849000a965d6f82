package dev.postrider.smtp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.daemon.PretendProvider;
import dev.postrider.delivery.MemoryContent;
import dev.postrider.delivery.MessageContent;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Envelope;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** STARTTLS and AUTH with servers that misbehave. */
@Timeout(60)
class StartTlsTest {
  private static final String OFFER =
      """
      S: 220 mx.example.net ESMTP
      C: EHLO
      S: 250-mx.example.net
      S: 250-STARTTLS
      S: 250 AUTH=LOGIN PLAIN
      """;

  private static final String CLEAR =
      """
      S: 220 mx.example.net ESMTP
      C: EHLO
      S: 250-mx.example.net
      S: 250 AUTH=LOGIN PLAIN
      """;

  private static final String TAKEN =
      "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nS: 354 go\nDATA\nS: 250 ok\n";

  private final ClientBench bench = new ClientBench();

  @AfterEach
  void end() {
    bench.close();
  }

  private String against(String... scripts) throws Exception {
    try (ScriptedServer server = new ScriptedServer(scripts)) {
      String fate = ClientBench.line(bench.send(server.nextHop()));
      assertThat(server.faults()).isEmpty();
      return fate;
    }
  }

  @Test
  void mandatoryTlsThatIsNotOfferedDefers() throws Exception {
    bench.set("smtp_tls_security_level", "encrypt");
    assertThat(against(CLEAR))
        .isEqualTo(
            "deferred 4.7.4 (TLS is required, but was not offered by host 127.0.0.1[127.0.0.1])");
  }

  @Test
  void mandatoryTlsThatIsRefusedDefers() throws Exception {
    bench.set("smtp_tls_security_level", "encrypt");
    assertThat(against(OFFER + "C: STARTTLS\nS: 454 4.7.0 not now\n"))
        .isEqualTo(
            "deferred 4.7.0 (TLS is required, but host 127.0.0.1[127.0.0.1] refused to start TLS:"
                + " 454 4.7.0 not now)");
  }

  @Test
  void failedHandshakeDefersWhereTlsIsMandatory() throws Exception {
    bench.set("smtp_tls_security_level", "encrypt");
    assertThat(against(OFFER + "C: STARTTLS\nS: 220 go\nCLOSE\n"))
        .isEqualTo("deferred 4.7.5 (Cannot start TLS: handshake failure)");
  }

  @Test
  void failedHandshakeIsRetriedInClearOnlyAtMay() throws Exception {
    bench.set("smtp_tls_security_level", "may");
    assertThat(against(OFFER + "C: STARTTLS\nS: 220 go\nCLOSE\n", OFFER + TAKEN))
        .startsWith("sent");
  }

  @Test
  void whereThereIsALoginAFailedHandshakeIsNotRetriedInClear() throws Exception {
    bench.set(
        "smtp_tls_security_level", "may",
        "smtp_sasl_auth_enable", "yes",
        "smtp_sasl_security_options", "noanonymous");
    bench.passwords.put("127.0.0.1", "me:secret");
    try (ScriptedServer server =
        new ScriptedServer(
            OFFER + "C: STARTTLS\nS: 220 go\nCLOSE\n",
            OFFER + "C: AUTH\nS: 235 thanks\n" + TAKEN)) {
      String fate = ClientBench.line(bench.send(server.nextHop()));

      assertThat(fate).isEqualTo("deferred 4.7.5 (Cannot start TLS: handshake failure)");
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aTlsServerThatStopsReadingIsLeftAtTheTimeout() throws Exception {
    bench.set(
        "smtp_tls_security_level", "encrypt",
        "smtp_tls_wrappermode", "yes",
        "smtp_data_xfer_timeout", "1s");
    CountDownLatch over = new CountDownLatch(1);
    try (ServerSocket listener = tlsListener()) {
      Thread server = Thread.ofVirtual().start(() -> takeUpToDataAndStopReading(listener, over));
      MessageContent large = MemoryContent.of("Subject: x\n\n" + "text\n".repeat(2_000_000));
      String fate =
          ClientBench.line(
              bench
                  .send(
                      "[127.0.0.1]:" + listener.getLocalPort(),
                      large,
                      Envelope.of(
                          ReversePath.of(new Mailbox("a", "example.com")),
                          List.of(ClientBench.recipient("b@example.net"))))
                  .getFirst());
      over.countDown();
      server.join();

      assertThat(fate)
          .isEqualTo(
              "deferred 4.4.2 (conversation with 127.0.0.1[127.0.0.1] timed out while sending"
                  + " message body)");
    } finally {
      over.countDown();
    }
  }

  private static ServerSocket tlsListener() throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = PretendProvider.class.getResourceAsStream("pretend-provider.p12")) {
      keys.load(in, "pretend".toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, "pretend".toCharArray());
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(managers.getKeyManagers(), null, null);
    return tls.getServerSocketFactory()
        .createServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
  }

  private static void takeUpToDataAndStopReading(ServerSocket listener, CountDownLatch over) {
    try (Socket socket = listener.accept()) {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      socket.getOutputStream().write("220 x ESMTP\r\n".getBytes(US_ASCII));
      for (String reply : List.of("250 x", "250 ok", "250 ok", "354 go")) {
        String _ = in.readLine();
        socket.getOutputStream().write((reply + "\r\n").getBytes(US_ASCII));
      }
      over.await();
    } catch (IOException | InterruptedException _) {
      // The client has gone, as it should.
    }
  }

  @Test
  void bytesBehindTheStartTlsReplyAreNotBelieved() throws Exception { // CVE-2011-0411
    bench.set("smtp_tls_security_level", "may");
    assertThat(against(OFFER + "C: STARTTLS\nSS: 220 go|250 injected\nWAIT\n"))
        .startsWith("deferred");
  }

  @Test
  void withoutTlsThePasswordIsNotSentAndTheRemedyIsNamed() throws Exception {
    bench.set("smtp_sasl_auth_enable", "yes");
    bench.passwords.put("127.0.0.1", "me:secret");
    try (ScriptedServer server = new ScriptedServer(CLEAR)) {
      String fate = ClientBench.line(bench.send(server.nextHop()));
      server.settle();

      assertThat(fate)
          .isEqualTo(
              "deferred 4.7.0 (SASL authentication failed; cannot authenticate to server"
                  + " 127.0.0.1[127.0.0.1]: no mechanism available)");
      assertThat(server.heard()).noneMatch(line -> line.startsWith("AUTH"));
      assertThat(String.join("\n", bench.log.text()))
          .contains(
              "the server offers only LOGIN PLAIN, which smtp_sasl_security_options ="
                  + " noplaintext, noanonymous refuses")
          .doesNotContain("secret");
    }
  }

  @Test
  void aPasswordFileThatEveryoneCanReadIsPointedOut(@TempDir Path directory) throws Exception {
    Path file = Files.createFile(directory.resolve("sasl_passwd"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    bench.set("smtp_sasl_password_maps", "hash:" + file).transport();
    assertThat(bench.log.text().getFirst()).contains("chmod 600 " + file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    bench.set().transport();
    assertThat(bench.log.text()).hasSize(1);
  }

  @Test
  void oldFormOfTheAuthKeywordIsUnderstood() throws Exception {
    bench.set(
        "smtp_sasl_auth_enable", "yes",
        "smtp_sasl_security_options", "noanonymous",
        "smtp_sasl_mechanism_filter", "login");
    bench.passwords.put("127.0.0.1", "me:pw:with:colons");
    assertThat(
            against(
                CLEAR
                    + "C: AUTH LOGIN\nS: 334 SHVoPw==\nC: bWU=\nS: 334\nC: cHc6d2l0aDpjb2xvbnM=\n"
                    + "S: 235 welcome\n"
                    + TAKEN))
        .startsWith("sent");
  }

  @Test
  void temporaryLoginFailureIsNotRemembered() throws Exception {
    bench.set("smtp_sasl_auth_enable", "yes", "smtp_sasl_security_options", "noanonymous");
    bench.passwords.put("127.0.0.1", "me:secret");
    try (ScriptedServer server =
        new ScriptedServer(
            CLEAR + "C: AUTH PLAIN AG1lAHNlY3JldA==\nS: 454 4.7.0 later\n",
            CLEAR + "C: AUTH PLAIN\nS: 235 ok\n" + TAKEN)) {
      assertThat(ClientBench.line(bench.send(server.nextHop())))
          .isEqualTo(
              "deferred 4.7.0 (SASL authentication failed; server 127.0.0.1[127.0.0.1] said:"
                  + " 454 4.7.0 later)");
      assertThat(ClientBench.line(bench.send(server.nextHop()))).startsWith("sent");
    }
  }
}

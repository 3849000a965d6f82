package dev.postrider.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PretendProviderTest {
  @Test
  void withoutTlsAndLoginItTakesNoMail() throws Exception {
    try (PretendProvider provider = PretendProvider.start("me", "secret");
        Socket socket = new Socket("127.0.0.1", provider.port())) {
      var in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      assertThat(in.readLine()).startsWith("220 ");
      assertThat(say(socket, in, "AUTH PLAIN AG1lAHNlY3JldA==")).startsWith("538 ");
      assertThat(say(socket, in, "MAIL FROM:<a@b>")).startsWith("530 ");
      assertThat(provider.received()).isEmpty();
    }
  }

  @Test
  void plaintextBehindStartTlsEndsTheSession() throws Exception {
    try (PretendProvider provider = PretendProvider.start("me", "secret");
        Socket socket = new Socket("127.0.0.1", provider.port())) {
      var in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      assertThat(in.readLine()).startsWith("220 ");
      socket
          .getOutputStream()
          .write("STARTTLS\r\nMAIL FROM:<a@b>\r\n".getBytes(StandardCharsets.US_ASCII));

      assertThat(in.readLine()).isNull();
    } catch (SocketException e) {
      // Closed with our line unread: the kernel may say it so.
      assertThat(e).hasMessageContaining("reset");
    }
  }

  /** A client on the same machine is often faster with its first record than we with our thread. */
  @Test
  void aFastClientHelloIsNoPlaintextBehindStartTls() throws Exception {
    SSLContext trusting = trusting();
    try (PretendProvider provider = PretendProvider.start("me", "secret")) {
      for (int i = 0; i < 50; i++) {
        try (Socket socket = new Socket("127.0.0.1", provider.port())) {
          var in =
              new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
          assertThat(in.readLine()).startsWith("220 ");
          assertThat(say(socket, in, "STARTTLS")).startsWith("220 ");
          try (SSLSocket tls =
              (SSLSocket) trusting.getSocketFactory().createSocket(socket, "localhost", 0, true)) {
            tls.startHandshake();
          }
        }
      }
    }
  }

  private static SSLContext trusting() throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setCertificateEntry(
        "pretend",
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(
                    PretendProvider.certificatePem().getBytes(StandardCharsets.US_ASCII))));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private static String say(Socket socket, BufferedReader in, String line) throws IOException {
    socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    return in.readLine();
  }

  @Test
  void itsCertificateCanBeTrustedFromAFile(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("ca.pem"), PretendProvider.certificatePem());
    assertThat(Files.readString(file)).startsWith("-----BEGIN CERTIFICATE-----");
  }
}

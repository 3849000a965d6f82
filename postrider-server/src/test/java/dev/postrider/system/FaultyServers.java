package dev.postrider.system;

import dev.postrider.tls.TestCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Servers on loopback, each with one thing wrong, that end with the test. */
final class FaultyServers implements AutoCloseable {
  private final List<AutoCloseable> all = new ArrayList<>();

  /** One that takes everything, but for what a test tells it. */
  RefusingProvider provider() throws IOException {
    RefusingProvider provider = RefusingProvider.start();
    all.add(provider);
    return provider;
  }

  /** A port at which nothing comes back: the queue of connections is full, and nobody takes any. */
  int blackHole() throws IOException {
    ServerSocket full = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
    all.add(full);
    for (int i = 0; i < 2; i++) {
      all.add(new Socket("127.0.0.1", full.getLocalPort()));
    }
    return full.getLocalPort();
  }

  /** A certificate of its own that nobody vouches for. */
  SSLContext selfSigned(Path directory, Shell shell)
      throws IOException, GeneralSecurityException, InterruptedException {
    Path file = directory.resolve("self.p12");
    Shell.Result made =
        shell.run(
            Path.of(System.getProperty("java.home"), "bin", "keytool")
                + " -genkeypair -alias s -keyalg EC -dname CN=mx.example.net -validity 30"
                + " -ext san=dns:mx.example.net -storetype PKCS12 -storepass changeit -keystore "
                + file);
    if (made.code() != 0) {
      throw new IOException(made.all());
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, "changeit".toCharArray());
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  static SSLContext certificate(String name) throws IOException, GeneralSecurityException {
    return TestCertificates.server(name);
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable each : all.reversed()) {
      each.close();
    }
  }
}

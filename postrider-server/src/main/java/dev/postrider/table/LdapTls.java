package dev.postrider.table;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** TLS as the parameters of a table want it. Stateless. */
final class LdapTls {
  private static final Path SYSTEM = Path.of("/etc/ssl/certs/ca-certificates.crt");

  private LdapTls() {}

  /** Makes sockets that trust whom the table trusts; nobody's name is checked without require. */
  static SSLSocketFactory sockets(ParameterFile parameters, boolean require) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, require ? trusting(parameters) : new TrustManager[] {new Anybody()}, null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw new IOException(parameters.place("tls_ca_cert_file") + ": " + e.getMessage(), e);
    }
  }

  private static TrustManager[] trusting(ParameterFile parameters)
      throws IOException, GeneralSecurityException {
    List<Path> files = new ArrayList<>();
    if (parameters.has("tls_ca_cert_file")) {
      files.add(Path.of(parameters.text("tls_ca_cert_file", "")));
    } else if (parameters.has("tls_ca_cert_dir")) {
      Path directory = Path.of(parameters.text("tls_ca_cert_dir", ""));
      try (DirectoryStream<Path> found =
          Files.newDirectoryStream(directory, Files::isRegularFile)) {
        found.forEach(files::add);
      }
    } else if (Files.isReadable(SYSTEM)) {
      files.add(SYSTEM);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(files.isEmpty() ? null : store(files));
    return factory.getTrustManagers();
  }

  private static KeyStore store(List<Path> files) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int number = 0;
    for (Path file : files) {
      try (InputStream in = Files.newInputStream(file)) {
        for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
          store.setCertificateEntry("ca" + number++, each);
        }
      }
    }
    return store;
  }

  /** tls_require_cert = no, Postfix's default: encrypted, to whoever answers. */
  private static final class Anybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}

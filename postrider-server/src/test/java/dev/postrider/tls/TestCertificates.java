package dev.postrider.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * The certificates of the tests, made by openssl: an authority, one below it, servers' and clients'
 * below that. Those for servers are good until 2051, but for the expired one.
 */
public final class TestCertificates {
  private TestCertificates() {}

  /** The text of one of the files beside the tests. */
  public static String text(String name) {
    try (InputStream in = TestCertificates.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A copy of one of them. */
  public static Path file(Path directory, String name) throws IOException {
    return Files.writeString(directory.resolve(name), text(name));
  }

  /** The certificates of a file, in order. */
  public static X509Certificate[] chain(String name) throws IOException {
    List<Credentials.Entry> entries = new ArrayList<>();
    Credentials.addAll(Path.of(name), Pem.read(text(name)), entries);
    return entries.getFirst().chain().toArray(new X509Certificate[0]);
  }

  /** The only certificate of a file without a key. */
  public static X509Certificate certificate(String name) throws IOException {
    Path file = Files.createTempFile("pem", "");
    try {
      return TrustAnchors.readPem(Files.writeString(file, text(name))).getFirst();
    } finally {
      Files.delete(file);
    }
  }

  /** The digest of a certificate, in hexadecimal digits. */
  public static String digest(String algorithm, byte[] encoded) throws GeneralSecurityException {
    return HexFormat.of()
        .withUpperCase()
        .formatHex(java.security.MessageDigest.getInstance(algorithm).digest(encoded));
  }

  /** What a server needs that shows the certificates of a file, and takes any of a client. */
  public static SSLContext server(String name) throws GeneralSecurityException, IOException {
    return ofText(text(name));
  }

  /**
   * The same with certificates and key of a test's own.
   *
   * @param pem certificate and key
   */
  public static SSLContext ofText(String pem) throws GeneralSecurityException, IOException {
    List<Credentials.Entry> entries = new ArrayList<>();
    Credentials.addAll(Path.of("given"), Pem.read(pem), entries);
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "server",
        entries.getFirst().key(),
        new char[0],
        entries.getFirst().chain().toArray(new X509Certificate[0]));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), new TrustManager[] {new Anybody()}, null);
    return context;
  }

  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      // An authority that has nothing to do with the client's: servers often name such ones.
      try {
        return new X509Certificate[] {chain("expired.pem")[0]};
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

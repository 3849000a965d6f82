package dev.postrider.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificate authorities that are trusted: {@code smtp_tls_CAfile}, {@code smtp_tls_CApath},
 * and the system's own with {@code tls_append_default_CA}. None configured means none trusted, as
 * in Postfix. Files are read when first needed and again when they change. Safe on any thread.
 */
public final class TrustAnchors {
  private static final List<Path> SYSTEM_BUNDLES =
      List.of(
          Path.of("/etc/ssl/certs/ca-certificates.crt"),
          Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
          Path.of("/etc/ssl/ca-bundle.pem"),
          Path.of("/etc/ssl/cert.pem"));

  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final String END = "-----END CERTIFICATE-----";

  private final String file;
  private final String directory;
  private final boolean withSystem;
  private final int depth;
  private final Object lock = new Object();
  private @Nullable Loaded loaded;

  private record Loaded(
      @Nullable FileTime fileTime,
      @Nullable FileTime directoryTime,
      @Nullable X509TrustManager trust) {}

  /**
   * @param file PEM file of authorities, or empty
   * @param directory directory of PEM files, or empty
   * @param withSystem whether the system's authorities are trusted too
   * @param depth how many authorities may stand between a server and one that is trusted, less one
   */
  public TrustAnchors(String file, String directory, boolean withSystem, int depth) {
    this.depth = depth;
    this.file = file;
    this.directory = directory;
    this.withSystem = withSystem;
  }

  /** How many authorities may stand between a server and one that is trusted. */
  int longestWay() {
    return depth + 1;
  }

  /** Whether any authority is configured at all. */
  public boolean isConfigured() {
    return withSystem || !file.isEmpty() || !directory.isEmpty();
  }

  /**
   * What judges a chain; null if nobody is trusted.
   *
   * @throws IOException naming the file that cannot be used
   */
  public @Nullable X509TrustManager trust() throws IOException {
    FileTime fileTime = modified(file);
    FileTime directoryTime = modified(directory);
    synchronized (lock) {
      Loaded current = loaded;
      if (current == null
          || !Objects.equals(current.fileTime, fileTime)
          || !Objects.equals(current.directoryTime, directoryTime)) {
        current = new Loaded(fileTime, directoryTime, load());
        loaded = current;
      }
      return current.trust;
    }
  }

  private static @Nullable FileTime modified(String path) {
    try {
      return path.isEmpty() ? null : Files.getLastModifiedTime(Path.of(path));
    } catch (IOException _) {
      // Missing now: reading it says so in words.
      return null;
    }
  }

  private @Nullable X509TrustManager load() throws IOException {
    List<X509Certificate> authorities = new ArrayList<>();
    if (!file.isEmpty()) {
      authorities.addAll(readPem(Path.of(file)));
    }
    if (!directory.isEmpty()) {
      readDirectory(Path.of(directory), authorities);
    }
    if (withSystem) {
      for (Path bundle : SYSTEM_BUNDLES) {
        if (Files.isReadable(bundle)) {
          authorities.addAll(readPem(bundle));
          break;
        }
      }
    }
    return authorities.isEmpty() ? null : trusting(authorities);
  }

  /**
   * OpenSSL's c_rehash gives every certificate a name of its own; a plain directory will do too.
   */
  private static void readDirectory(Path directory, List<X509Certificate> into) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        boolean hashed = name.length() > 9 && name.charAt(8) == '.';
        if ((hashed || name.endsWith(".pem") || name.endsWith(".crt"))
            && Files.isRegularFile(entry)
            && !name.equals("ca-certificates.crt")) {
          into.addAll(readPem(entry));
        }
      }
    }
  }

  /** All certificates of a PEM file; text between them is skipped. */
  static List<X509Certificate> readPem(Path file) throws IOException {
    List<X509Certificate> found = new ArrayList<>();
    try {
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      int from = text.indexOf(BEGIN);
      while (from >= 0) {
        int end = text.indexOf(END, from);
        if (end < 0) {
          throw new IOException(file + ": a certificate has no end line");
        }
        byte[] one = text.substring(from, end + END.length()).getBytes(StandardCharsets.ISO_8859_1);
        if (factory.generateCertificate(new ByteArrayInputStream(one))
            instanceof X509Certificate certificate) {
          found.add(certificate);
        }
        from = text.indexOf(BEGIN, end);
      }
    } catch (CertificateException e) {
      throw new IOException(file + ": not a certificate in PEM form: " + e.getMessage(), e);
    } catch (java.nio.file.NoSuchFileException e) {
      throw new IOException(file + ": No such file or directory", e);
    }
    return found;
  }

  private X509TrustManager trusting(List<X509Certificate> authorities) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (int i = 0; i < authorities.size(); i++) {
        store.setCertificateEntry("ca" + i, authorities.get(i));
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      PKIXBuilderParameters parameters = new PKIXBuilderParameters(store, new X509CertSelector());
      parameters.setRevocationEnabled(false);
      parameters.setMaxPathLength(depth + 1);
      factory.init(new CertPathTrustManagerParameters(parameters));
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager trust) {
          return trust;
        }
      }
      throw new IOException("this Java has no X.509 trust manager");
    } catch (GeneralSecurityException e) {
      throw new IOException("certificate authorities: " + e.getMessage(), e);
    }
  }
}

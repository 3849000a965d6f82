package dev.postrider.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Keys with their certificates, for servers that ask. The first whose kind of key the server takes
 * is shown, whatever authorities it names: as OpenSSL does it, since many servers that ask name
 * authorities that have nothing to do with what they accept. Immutable; safe on any thread.
 */
final class Credentials extends X509ExtendedKeyManager {
  private final List<Entry> entries;

  /** One key; the list begins with its certificate. */
  record Entry(PrivateKey key, List<X509Certificate> chain) {
    Entry {
      chain = List.copyOf(chain);
    }
  }

  Credentials(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /**
   * Adds what a file holds: a key, its certificate and those above it, and so on.
   *
   * @throws IOException naming the file
   */
  static void addAll(Path file, List<Pem.Block> blocks, List<Entry> into) throws IOException {
    PrivateKey key = null;
    List<X509Certificate> chain = new ArrayList<>();
    for (Pem.Block block : blocks) {
      if (PrivateKeys.isKey(block.label())) {
        if (key != null) {
          into.add(entry(file, key, chain));
          chain = new ArrayList<>();
        }
        try {
          key = PrivateKeys.read(block);
        } catch (IOException e) {
          throw new IOException(file + ": " + e.getMessage(), e);
        }
      } else if (block.label().endsWith("CERTIFICATE")) {
        chain.add(certificate(file, block));
      }
    }
    if (key == null) {
      throw new IOException(file + ": no private key in PEM form");
    }
    into.add(entry(file, key, chain));
  }

  private static Entry entry(Path file, PrivateKey key, List<X509Certificate> chain)
      throws IOException {
    if (chain.isEmpty()) {
      throw new IOException(file + ": a private key without a certificate behind it");
    }
    String certified = chain.getFirst().getPublicKey().getAlgorithm();
    if (!certified.equals(key.getAlgorithm())) {
      throw new IOException(
          file
              + ": the first certificate is for another key ("
              + certified
              + ") than the one here");
    }
    return new Entry(key, chain);
  }

  private static X509Certificate certificate(Path file, Pem.Block block) throws IOException {
    try {
      if (CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(block.data()))
          instanceof X509Certificate certificate) {
        return certificate;
      }
      throw new IOException(file + ": not an X.509 certificate");
    } catch (CertificateException e) {
      throw new IOException(file + ": a certificate that is damaged: " + e.getMessage(), e);
    }
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    for (String type : keyTypes) {
      for (int i = 0; i < entries.size(); i++) {
        if (type.equals(entries.get(i).key.getAlgorithm())) {
          return Integer.toString(i);
        }
      }
    }
    return null;
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return entries.get(Integer.parseInt(alias)).chain.toArray(new X509Certificate[0]);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return entries.get(Integer.parseInt(alias)).key;
  }

  @Override
  public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    String alias = chooseClientAlias(new String[] {keyType}, issuers, null);
    return alias == null ? new String[0] : new String[] {alias};
  }

  @Override
  public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return new String[0];
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}

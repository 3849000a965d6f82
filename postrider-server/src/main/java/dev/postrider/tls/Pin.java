package dev.postrider.tls;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * One certificate or public key that is known beforehand: from a TLSA record, a fingerprint, or a
 * file of trust anchors. Immutable.
 *
 * @param holder whose certificate or key it is
 * @param wholeCertificate whether the certificate is meant; only its public key otherwise
 * @param digest Java's name of the digest that is compared, empty if the thing itself is
 * @param data what is compared, in capital hexadecimal digits
 */
public record Pin(Holder holder, boolean wholeCertificate, String digest, String data) {
  /** Whose certificate or key. */
  public enum Holder {
    /** An authority's, above the server's own (usage 2 of RFC 6698). */
    AUTHORITY,
    /** The server's own (usage 3). */
    SERVER
  }

  /** Capital digits, as the log has them. */
  static final HexFormat HEX = HexFormat.of().withUpperCase();

  /** Java's name of a digest that OpenSSL, and so main.cf, calls {@code name}. */
  public static Optional<String> digestNamed(String name) {
    String java =
        switch (name.toLowerCase(Locale.ROOT)) {
          case "md5" -> "MD5";
          case "sha1", "sha" -> "SHA-1";
          case "sha224" -> "SHA-224";
          case "sha256" -> "SHA-256";
          case "sha384" -> "SHA-384";
          case "sha512" -> "SHA-512";
          case "sha512-256" -> "SHA-512/256";
          case "sha3-256" -> "SHA3-256";
          case "sha3-384" -> "SHA3-384";
          case "sha3-512" -> "SHA3-512";
          default -> "";
        };
    return java.isEmpty() ? Optional.empty() : Optional.of(java);
  }

  /** How many octets a digest has. */
  static int length(String digest) {
    return digest(digest).getDigestLength();
  }

  /** Whether it could match anything: a digest has as many octets as it should. */
  public boolean isUsable() {
    return digest.isEmpty() ? !data.isEmpty() : data.length() == 2 * length(digest);
  }

  /** Whether this is the certificate, or its key. */
  boolean matches(X509Certificate certificate) {
    try {
      return matches(
          wholeCertificate ? certificate.getEncoded() : certificate.getPublicKey().getEncoded());
    } catch (CertificateEncodingException _) {
      // What cannot be encoded was never decoded.
      return false;
    }
  }

  boolean matches(PublicKey key) {
    return !wholeCertificate && matches(key.getEncoded());
  }

  private boolean matches(byte[] encoded) {
    return data.equals(HEX.formatHex(digest.isEmpty() ? encoded : digest(digest).digest(encoded)));
  }

  /** A digest of octets, as fingerprints are written: {@code AA:BB:…}. */
  static String fingerprint(byte[] encoded, String digest) {
    return HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest(digest).digest(encoded));
  }

  private static MessageDigest digest(String name) {
    try {
      return MessageDigest.getInstance(name);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + name, e);
    }
  }
}

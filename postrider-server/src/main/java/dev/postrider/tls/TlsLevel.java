package dev.postrider.tls;

import java.util.Locale;
import java.util.Optional;

/**
 * How much protection a connection must have ({@code smtp_tls_security_level}). The order is
 * Postfix's: from ENCRYPT on there is no clear text, from FINGERPRINT on the certificate counts.
 */
public enum TlsLevel {
  /** Never TLS. */
  NONE,
  /** TLS where it is offered and works; clear text otherwise. */
  MAY,
  /** TLS or no delivery; any certificate. */
  ENCRYPT,
  /** TLS with a certificate or key whose digest is known beforehand. */
  FINGERPRINT,
  /** As DANE, for a server that an MX record without a signature names: never configured. */
  HALF_DANE,
  /** TLS with a certificate that the server's TLSA records vouch for; MAY where there are none. */
  DANE,
  /** As DANE, and no delivery where there are no such records. */
  DANE_ONLY,
  /** TLS with a trusted certificate for the server's name. */
  VERIFY,
  /** As VERIFY, for names that do not come from the DNS. */
  SECURE;

  /** Reads a level as main.cf has it. */
  public static Optional<TlsLevel> parse(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "none" -> Optional.of(NONE);
      case "may" -> Optional.of(MAY);
      case "encrypt" -> Optional.of(ENCRYPT);
      case "fingerprint" -> Optional.of(FINGERPRINT);
      case "dane" -> Optional.of(DANE);
      case "dane-only" -> Optional.of(DANE_ONLY);
      case "verify" -> Optional.of(VERIFY);
      case "secure" -> Optional.of(SECURE);
      default -> Optional.empty();
    };
  }

  /** Whether clear text is no alternative. */
  public boolean isMandatory() {
    return compareTo(ENCRYPT) >= 0;
  }

  /** Whether the certificate must be the right one. */
  public boolean verifiesCertificate() {
    return compareTo(FINGERPRINT) >= 0;
  }

  /** Whether the DNS says which certificate is the right one. */
  public boolean isDane() {
    return this == HALF_DANE || this == DANE || this == DANE_ONLY;
  }

  /** Whether authorities and names decide. */
  public boolean usesAuthorities() {
    return this == VERIFY || this == SECURE;
  }

  /** As main.cf has it. */
  public String word() {
    return this == HALF_DANE ? "halfdane" : name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

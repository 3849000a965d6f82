package dev.postrider.tls;

import java.util.Locale;
import java.util.Optional;

/** How much protection a connection must have, weakest first ({@code smtp_tls_security_level}). */
public enum TlsLevel {
  /** Never TLS. */
  NONE,
  /** TLS where it is offered and works; clear text otherwise. */
  MAY,
  /** TLS or no delivery; any certificate. */
  ENCRYPT,
  /** TLS with a trusted certificate for the server's name. */
  VERIFY,
  /** As VERIFY, for names that do not come from the DNS. */
  SECURE;

  public static Optional<TlsLevel> parse(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "none" -> Optional.of(NONE);
      case "may" -> Optional.of(MAY);
      case "encrypt" -> Optional.of(ENCRYPT);
      case "verify" -> Optional.of(VERIFY);
      case "secure" -> Optional.of(SECURE);
      default -> Optional.empty();
    };
  }

  /** Whether clear text is no alternative. */
  public boolean isMandatory() {
    return compareTo(ENCRYPT) >= 0;
  }

  /** Whether the certificate must be trusted and name the server. */
  public boolean verifiesCertificate() {
    return compareTo(VERIFY) >= 0;
  }

  /** As main.cf has it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}

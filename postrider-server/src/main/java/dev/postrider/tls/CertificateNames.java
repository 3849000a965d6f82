package dev.postrider.tls;

import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** The names in a certificate and whether one of them is wanted (RFC 9525). */
final class CertificateNames {
  private static final int SAN_DNS = 2;
  private static final int SAN_ADDRESS = 7;

  private CertificateNames() {}

  /** The names a server certificate speaks for: alternative names, else the common name. */
  static List<String> of(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    boolean hostNamed = false;
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      if (alternatives != null) {
        for (List<?> entry : alternatives) {
          int kind = entry.getFirst() instanceof Integer number ? number : -1;
          if ((kind == SAN_DNS || kind == SAN_ADDRESS) && entry.get(1) instanceof String text) {
            names.add(text);
            hostNamed |= kind == SAN_DNS;
          }
        }
      }
    } catch (CertificateParsingException _) {
      // A name that cannot be read matches nothing.
      return names;
    }
    if (!hostNamed) {
      addCommonName(certificate, names);
    }
    return names;
  }

  private static void addCommonName(X509Certificate certificate, List<String> names) {
    try {
      for (Rdn rdn : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        if (rdn.getType().equalsIgnoreCase("CN")) {
          names.add(String.valueOf(rdn.getValue()));
        }
      }
    } catch (InvalidNameException _) {
      // No readable common name: no name.
    }
  }

  /** The common name, else the organisation, else nothing, as logs name who it is. */
  static String shortName(javax.security.auth.x500.X500Principal name) {
    String organisation = "";
    try {
      for (Rdn rdn : new LdapName(name.getName()).getRdns()) {
        if (rdn.getType().equalsIgnoreCase("CN")) {
          return String.valueOf(rdn.getValue());
        }
        if (rdn.getType().equalsIgnoreCase("O")) {
          organisation = String.valueOf(rdn.getValue());
        }
      }
    } catch (InvalidNameException _) {
      // No readable name.
    }
    return organisation;
  }

  /** A distinguished name as OpenSSL's one-line form has it: {@code /C=DE/O=Example/CN=Name}. */
  static String oneLine(javax.security.auth.x500.X500Principal name) {
    try {
      StringBuilder out = new StringBuilder();
      for (Rdn rdn : new LdapName(name.getName()).getRdns()) {
        out.append('/').append(rdn.getType()).append('=').append(rdn.getValue());
      }
      return out.toString();
    } catch (InvalidNameException _) {
      return name.getName();
    }
  }

  /**
   * Whether a name found in a certificate satisfies a wanted one.
   *
   * @param wanted a host name, {@code .domain} for any host below it, or an address
   */
  static boolean matches(String found, String wanted) {
    String have = withoutDot(found.toLowerCase(Locale.ROOT));
    String want = withoutDot(wanted.toLowerCase(Locale.ROOT));
    if (want.indexOf(':') >= 0 || isDottedQuad(want)) {
      return sameAddress(have, want);
    }
    if (want.startsWith(".")) {
      return have.length() > want.length() && have.endsWith(want);
    }
    if (have.startsWith("*.")) {
      // One label and no more (RFC 9525 §6.3), and never a whole top-level domain.
      int dot = want.indexOf('.');
      return have.indexOf('.', 2) > 0 && dot > 0 && want.substring(dot).equals(have.substring(1));
    }
    return have.equals(want);
  }

  private static boolean sameAddress(String have, String want) {
    if (have.indexOf(':') < 0 && !isDottedQuad(have)) {
      return false;
    }
    try {
      return InetAddress.ofLiteral(have).equals(InetAddress.ofLiteral(want));
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static boolean isDottedQuad(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '.' && (c < '0' || c > '9')) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static String withoutDot(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }
}

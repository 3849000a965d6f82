package dev.postrider.tls;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Finds whether a server's chain leads to an authority that is known by a {@link Pin} (RFC 7671
 * §5.2), which need not be among the chain if the pin holds it whole. For one thread.
 */
final class AnchoredChain {
  private static final String SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
  private static final String ANY_USE = "2.5.29.37.0";

  private final List<X509Certificate> chain;
  private final List<Pin> pins;

  /**
   * An authority.
   *
   * @param depth how many steps above the server's certificate it is
   */
  record Found(Pin pin, int depth) {}

  AnchoredChain(X509Certificate[] sent, List<Pin> pins) {
    this.chain = inOrder(sent);
    this.pins = pins;
  }

  /** From the server upwards; what belongs elsewhere is left out. */
  private static List<X509Certificate> inOrder(X509Certificate[] sent) {
    List<X509Certificate> ordered = new ArrayList<>();
    ordered.add(sent[0]);
    X509Certificate last = sent[0];
    while (ordered.size() < sent.length) {
      X509Certificate next = issuer(last, sent);
      if (next == null || ordered.contains(next)) {
        break;
      }
      ordered.add(next);
      last = next;
    }
    return ordered;
  }

  /** How many of a chain stand between the server's certificate and one that is trusted. */
  static int between(X509Certificate[] sent, X509Certificate[] trusted) {
    List<X509Certificate> ordered = inOrder(sent);
    for (int i = 0; i < ordered.size(); i++) {
      for (X509Certificate authority : trusted) {
        if (authority.getSubjectX500Principal().equals(ordered.get(i).getIssuerX500Principal())) {
          return i;
        }
      }
    }
    return ordered.size() - 1;
  }

  private static @Nullable X509Certificate issuer(X509Certificate of, X509Certificate[] sent) {
    for (X509Certificate candidate : sent) {
      if (candidate.getSubjectX500Principal().equals(of.getIssuerX500Principal())
          && !candidate.equals(of)) {
        return candidate;
      }
    }
    return null;
  }

  /**
   * Looks for an authority that vouches for the chain.
   *
   * @param why set to the reason if one was found that does not
   */
  Optional<Found> find(AtomicReference<String> why) throws GeneralSecurityException {
    for (Pin pin : pins) {
      for (int depth = 1; depth <= chain.size(); depth++) {
        TrustAnchor anchor = anchor(pin, depth);
        if (anchor != null && leadsTo(anchor, depth, why)) {
          return Optional.of(new Found(pin, depth));
        }
      }
    }
    return Optional.empty();
  }

  /** The authority that would stand at a depth, or null if the pin does not name one for there. */
  private @Nullable TrustAnchor anchor(Pin pin, int depth) {
    X509Certificate below = chain.get(depth - 1);
    if (depth < chain.size() && pin.matches(chain.get(depth))) {
      return new TrustAnchor(chain.get(depth), null);
    }
    if (!pin.digest().isEmpty()) {
      return null;
    }
    try {
      byte[] data = HexFormat.of().parseHex(pin.data());
      if (pin.wholeCertificate()) {
        return CertificateFactory.getInstance("X.509")
                        .generateCertificate(new java.io.ByteArrayInputStream(data))
                    instanceof X509Certificate authority
                && authority.getSubjectX500Principal().equals(below.getIssuerX500Principal())
            ? new TrustAnchor(authority, null)
            : null;
      }
      return new TrustAnchor(below.getIssuerX500Principal(), key(data), null);
    } catch (GeneralSecurityException | IllegalArgumentException _) {
      // No certificate and no key: it names nobody.
      return null;
    }
  }

  private static PublicKey key(byte[] encoded) throws GeneralSecurityException {
    for (String algorithm : List.of("RSA", "EC", "Ed25519", "Ed448")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(encoded));
      } catch (java.security.spec.InvalidKeySpecException _) {
        // Another kind of key.
      }
    }
    throw new java.security.InvalidKeyException("no kind of key that this Java knows");
  }

  private boolean leadsTo(TrustAnchor anchor, int depth, AtomicReference<String> why)
      throws GeneralSecurityException {
    PKIXParameters parameters = new PKIXParameters(Set.of(anchor));
    parameters.setRevocationEnabled(false);
    try {
      X509Certificate authority = anchor.getTrustedCert();
      if (authority != null) {
        authority.checkValidity();
      }
      CertPathValidator.getInstance("PKIX")
          .validate(
              CertificateFactory.getInstance("X.509").generateCertPath(chain.subList(0, depth)),
              parameters);
    } catch (CertificateException e) {
      why.set(CertificateVerdict.expiry(e, String.valueOf(e.getMessage())));
      return false;
    } catch (CertPathValidatorException e) {
      why.set(CertificateVerdict.expiry(e, "num=0:" + e.getMessage()));
      return false;
    }
    List<String> uses = chain.getFirst().getExtendedKeyUsage();
    if (uses != null && !uses.contains(SERVER_AUTHENTICATION) && !uses.contains(ANY_USE)) {
      why.set("not designated for use as a server certificate");
      return false;
    }
    return true;
  }
}

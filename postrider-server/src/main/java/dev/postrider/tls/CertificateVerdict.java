package dev.postrider.tls;

import java.io.IOException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509TrustManager;

/** What a certificate is worth to us. The text of the last three says why it is not worth more. */
public sealed interface CertificateVerdict {
  /** From a trusted authority, and it names the server. */
  record Verified() implements CertificateVerdict {}

  /**
   * From a trusted authority, for another name.
   *
   * @param problem names what was expected and what was found
   */
  record Trusted(String problem) implements CertificateVerdict {}

  /** From nobody we trust. */
  record Untrusted(String problem) implements CertificateVerdict {}

  /** There is none. */
  record Anonymous(String problem) implements CertificateVerdict {}

  /** Postfix's word for it in the log. */
  default String word() {
    return switch (this) {
      case Verified _ -> "Verified";
      case Trusted _ -> "Trusted";
      case Untrusted _ -> "Untrusted";
      case Anonymous _ -> "Anonymous";
    };
  }

  /** Why it is not verified; empty if it is. */
  default String why() {
    return switch (this) {
      case Verified _ -> "";
      case Trusted(var problem) -> problem;
      case Untrusted(var problem) -> problem;
      case Anonymous(var problem) -> problem;
    };
  }

  /**
   * Judges the certificates of a finished handshake. Asked after every handshake, since a resumed
   * session calls no trust manager.
   *
   * @param names any of which the certificate must have; empty if the name does not matter
   */
  static CertificateVerdict of(SSLSession session, TrustAnchors anchors, List<String> names) {
    X509Certificate[] chain;
    try {
      chain = certificates(session.getPeerCertificates());
    } catch (SSLPeerUnverifiedException _) {
      return new Anonymous("the server sent no certificate");
    }
    if (chain.length == 0) {
      return new Anonymous("the server sent no certificate");
    }
    String distrust = distrust(chain, anchors);
    if (!distrust.isEmpty()) {
      return new Untrusted(distrust);
    }
    if (names.isEmpty()) {
      return new Trusted("");
    }
    List<String> found = CertificateNames.of(chain[0]);
    for (String wanted : names) {
      for (String name : found) {
        if (CertificateNames.matches(name, wanted)) {
          return new Verified();
        }
      }
    }
    return new Trusted(
        "num=62:hostname mismatch: the certificate is for "
            + String.join(", ", found)
            + ", expected "
            + String.join(" or ", names));
  }

  private static X509Certificate[] certificates(Certificate[] chain) {
    List<X509Certificate> found = new ArrayList<>(chain.length);
    for (Certificate certificate : chain) {
      if (certificate instanceof X509Certificate x509) {
        found.add(x509);
      }
    }
    return found.toArray(new X509Certificate[0]);
  }

  /** Why the chain leads to nobody we trust; empty if it does. */
  private static String distrust(X509Certificate[] chain, TrustAnchors anchors) {
    X509TrustManager trust;
    try {
      trust = anchors.trust();
    } catch (IOException e) {
      return "cannot load the certificate authorities: " + e.getMessage();
    }
    if (trust == null) {
      return issuerProblem(chain) + "; neither smtp_tls_CAfile nor smtp_tls_CApath is set";
    }
    try {
      trust.checkServerTrusted(chain, "UNKNOWN");
      return "";
    } catch (CertificateException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof CertificateExpiredException) {
          return "certificate has expired";
        }
        if (cause instanceof CertificateNotYetValidException) {
          return "certificate not yet valid";
        }
      }
      return String.valueOf(e.getMessage()).contains("unable to find valid certification path")
          ? issuerProblem(chain)
          : "num=0:" + e.getMessage();
    }
  }

  private static String issuerProblem(X509Certificate[] chain) {
    if (chain[0].getSubjectX500Principal().equals(chain[0].getIssuerX500Principal())) {
      return "self-signed certificate";
    }
    X509Certificate last = chain[chain.length - 1];
    return "untrusted issuer " + CertificateNames.oneLine(last.getIssuerX500Principal());
  }
}

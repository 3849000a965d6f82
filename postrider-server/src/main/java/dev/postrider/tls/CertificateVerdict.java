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

/** What a certificate is worth to us. The text of the last two says why it is not worth more. */
public sealed interface CertificateVerdict {
  /**
   * From a trusted authority, and it names the server; or known beforehand.
   *
   * @param how what matched, for the log
   */
  record Verified(String how) implements CertificateVerdict {}

  /** From a trusted authority, where the name does not matter. */
  record Trusted() implements CertificateVerdict {}

  /** From nobody we trust, or for another name, which is as bad. */
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
      case Verified _, Trusted _ -> "";
      case Untrusted(var problem) -> problem;
      case Anonymous(var problem) -> problem;
    };
  }

  /** Why, as Postfix begins the line about it. */
  default String loggedWhy() {
    String why = why();
    boolean plain =
        !why.startsWith("num=")
            && (!why.startsWith("certificate ") || why.startsWith("certificate chain"));
    return (plain ? "" : "server ") + "certificate verification failed for ";
  }

  /**
   * Judges the certificates of a finished handshake. Asked after every handshake, since a resumed
   * session calls no trust manager.
   *
   * @param names any of which the certificate must have; empty if the name does not matter
   * @param pins decide instead of the authorities, if there are any
   */
  static CertificateVerdict of(
      SSLSession session, TrustAnchors anchors, List<String> names, Pins pins) {
    X509Certificate[] chain;
    try {
      chain = certificates(session.getPeerCertificates());
    } catch (SSLPeerUnverifiedException _) {
      return new Anonymous("the server sent no certificate");
    }
    if (chain.length == 0) {
      return new Anonymous("the server sent no certificate");
    }
    if (!pins.isEmpty()) {
      return pins.judge(chain, names);
    }
    String distrust = distrust(chain, anchors);
    if (!distrust.isEmpty()) {
      return new Untrusted(distrust);
    }
    return names.isEmpty() ? new Trusted() : named(chain[0], names, "");
  }

  /**
   * Judges the name of a certificate that is trusted.
   *
   * @param how what made it trusted, for the log
   */
  static CertificateVerdict named(X509Certificate certificate, List<String> names, String how) {
    List<String> found = CertificateNames.of(certificate);
    for (String wanted : names) {
      for (String name : found) {
        if (CertificateNames.matches(name, wanted)) {
          return new Verified(how.isEmpty() ? "matched peername: " + name : how);
        }
      }
    }
    return new Untrusted(
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
      // Java looks at that only where it has to seek the way itself.
      return AnchoredChain.between(chain, trust.getAcceptedIssuers()) > anchors.longestWay()
          ? "certificate chain longer than limit(" + anchors.longestWay() + ")"
          : "";
    } catch (CertificateException e) {
      return expiry(
          e,
          String.valueOf(e.getMessage()).contains("unable to find valid certification path")
              ? issuerProblem(chain)
              : "num=0:" + e.getMessage());
    }
  }

  /** That a certificate is too old or too new if that is the cause, else other words. */
  static String expiry(Exception e, String otherwise) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateExpiredException) {
        return "certificate has expired";
      }
      if (cause instanceof CertificateNotYetValidException) {
        return "certificate not yet valid";
      }
    }
    return otherwise;
  }

  private static String issuerProblem(X509Certificate[] chain) {
    if (chain[0].getSubjectX500Principal().equals(chain[0].getIssuerX500Principal())) {
      return "self-signed certificate";
    }
    X509Certificate last = chain[chain.length - 1];
    return "untrusted issuer " + CertificateNames.oneLine(last.getIssuerX500Principal());
  }
}

package dev.postrider.tls;

import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** What the log says of a server's certificate. Functions only. */
public final class CertificateText {
  private CertificateText() {}

  /**
   * Subject, issuer and fingerprints, as Postfix writes them.
   *
   * @param digest Java's name
   * @return empty if the server showed none
   */
  public static String of(SSLSession session, String digest) {
    try {
      Certificate[] chain = session.getPeerCertificates();
      if (chain.length == 0 || !(chain[0] instanceof X509Certificate certificate)) {
        return "";
      }
      return "subject_CN="
          + CertificateNames.shortName(certificate.getSubjectX500Principal())
          + ", issuer_CN="
          + CertificateNames.shortName(certificate.getIssuerX500Principal())
          + ", fingerprint="
          + Pin.fingerprint(certificate.getEncoded(), digest)
          + ", pkey_fingerprint="
          + Pin.fingerprint(certificate.getPublicKey().getEncoded(), digest);
    } catch (SSLPeerUnverifiedException | CertificateEncodingException _) {
      return "";
    }
  }
}

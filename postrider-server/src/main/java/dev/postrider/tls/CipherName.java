package dev.postrider.tls;

import javax.net.ssl.SSLSession;

/** Cipher suites by the names that OpenSSL, and so every log tool, has for them. */
public final class CipherName {
  private CipherName() {}

  /** {@code TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)}. */
  public static String summary(SSLSession session) {
    String suite = session.getCipherSuite();
    int bits = bits(suite);
    return session.getProtocol()
        + " with cipher "
        + openSsl(suite)
        + " ("
        + bits
        + "/"
        + bits
        + " bits)";
  }

  /** {@code TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384} is {@code ECDHE-RSA-AES256-GCM-SHA384}. */
  static String openSsl(String suite) {
    int with = suite.indexOf("_WITH_");
    if (with < 0) {
      return suite;
    }
    String exchange = suite.substring(4, with).replace('_', '-');
    String cipher =
        suite
            .substring(with + 6)
            .replace("AES_128", "AES128")
            .replace("AES_256", "AES256")
            .replace("_CBC_", "_")
            .replace("CHACHA20_POLY1305_SHA256", "CHACHA20_POLY1305")
            .replace('_', '-');
    return (exchange.equals("RSA") ? "" : exchange + "-") + cipher;
  }

  private static int bits(String suite) {
    if (suite.contains("_128_")) {
      return 128;
    }
    return suite.contains("3DES") ? 168 : 256;
  }
}

package dev.postrider.config;

import org.jspecify.annotations.Nullable;

/**
 * The parameters of the LMTP client mirror those of the SMTP client: {@code lmtp_rcpt_timeout} is
 * to LMTP what {@code smtp_rcpt_timeout} is to SMTP. Functions only.
 */
public final class LmtpParameters {
  private static final String SMTP = "smtp_";
  private static final String LMTP = "lmtp_";

  private LmtpParameters() {}

  /** The name for LMTP; a name that does not begin with {@code smtp_} serves both. */
  public static String mirrorOf(String smtpName) {
    if (!smtpName.startsWith(SMTP)) {
      return smtpName;
    }
    String rest = smtpName.substring(SMTP.length()).replace("ehlo", "lhlo");
    return LMTP + (rest.startsWith("helo_") ? "lhlo_" + rest.substring(5) : rest);
  }

  /** The name for SMTP that an {@code lmtp_} name mirrors, or null for another name. */
  static @Nullable String mirrored(String lmtpName) {
    if (!lmtpName.startsWith(LMTP)) {
      return null;
    }
    String rest = lmtpName.substring(LMTP.length());
    return SMTP
        + (rest.startsWith("lhlo_") ? "helo_" + rest.substring(5) : rest.replace("lhlo", "ehlo"));
  }
}

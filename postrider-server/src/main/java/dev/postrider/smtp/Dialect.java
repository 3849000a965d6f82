package dev.postrider.smtp;

import dev.postrider.bounce.SessionNotices;
import dev.postrider.config.LmtpParameters;

/**
 * What a client speaks: SMTP between hosts (RFC 5321), or LMTP to the program that has the
 * mailboxes (RFC 2033), which answers for each recipient.
 */
public enum Dialect {
  SMTP,
  LMTP;

  /** The program's name in master.cf and in the log. */
  public String program() {
    return switch (this) {
      case SMTP -> "smtp";
      case LMTP -> "lmtp";
    };
  }

  /** On which side of which sessions the postmaster is told of trouble. */
  public SessionNotices.Side side() {
    return switch (this) {
      case SMTP -> SessionNotices.Side.CLIENT;
      case LMTP -> SessionNotices.Side.LMTP_CLIENT;
    };
  }

  /** The parameter that is to this dialect what one of {@code smtp_…} is to SMTP. */
  public String parameter(String smtpName) {
    return switch (this) {
      case SMTP -> smtpName;
      case LMTP -> LmtpParameters.mirrorOf(smtpName);
    };
  }
}

package dev.postrider.smtpd;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The commands of SMTP in the order in which the disconnect line counts them, and what holds for
 * each whatever its arguments are.
 */
enum Verb {
  HELO(true, true),
  EHLO(true, true),
  XCLIENT(false, false),
  XFORWARD(true, false),
  STARTTLS(false, false),
  AUTH(false, false),
  MAIL(false, false),
  RCPT(false, false),
  DATA(false, true),
  BDAT(false, false),
  RSET(true, false),
  NOOP(true, true),
  VRFY(true, true),
  ETRN(true, false),
  QUIT(false, false),
  /** Anything else. */
  UNKNOWN(false, false);

  /** Does no work towards a message: counted by smtpd_junk_command_limit. */
  final boolean junk;

  /** The last of a pipelined group (RFC 2920 §3.1): nothing may follow before its reply. */
  final boolean endsGroup;

  /** As the disconnect line prints it. */
  final String lowerCase = name().toLowerCase(Locale.ROOT);

  private static final Verb[] ALL = values();

  Verb(boolean junk, boolean endsGroup) {
    this.junk = junk;
    this.endsGroup = endsGroup;
  }

  /** The verb a word spells in any case, or null. */
  static @Nullable Verb of(String word) {
    for (Verb verb : ALL) {
      if (verb != UNKNOWN && verb.lowerCase.equalsIgnoreCase(word)) {
        return verb;
      }
    }
    return null;
  }
}

package dev.postrider.policy;

import java.util.Locale;
import java.util.Optional;

/** One word of a restriction list (postconf(5), smtpd_recipient_restrictions). */
enum Restriction {
  PERMIT_MYNETWORKS,
  PERMIT_SASL_AUTHENTICATED,
  PERMIT,
  REJECT,
  DEFER,
  REJECT_UNAUTH_DESTINATION,
  DEFER_UNAUTH_DESTINATION,
  REJECT_UNLISTED_SENDER,
  REJECT_UNLISTED_RECIPIENT;

  static Optional<Restriction> of(String word) {
    for (Restriction restriction : values()) {
      if (restriction.name().equals(word.toUpperCase(Locale.ROOT))) {
        return Optional.of(restriction);
      }
    }
    return Optional.empty();
  }

  /** Whether it keeps strangers from relaying when it stands at the end of a list. */
  boolean stopsStrangers() {
    return switch (this) {
      case REJECT, DEFER, REJECT_UNAUTH_DESTINATION, DEFER_UNAUTH_DESTINATION -> true;
      case PERMIT_MYNETWORKS,
          PERMIT_SASL_AUTHENTICATED,
          PERMIT,
          REJECT_UNLISTED_SENDER,
          REJECT_UNLISTED_RECIPIENT ->
          false;
    };
  }
}

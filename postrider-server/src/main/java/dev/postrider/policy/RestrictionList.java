package dev.postrider.policy;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import java.util.ArrayList;
import java.util.List;

/**
 * One of the smtpd_*_restrictions. Immutable.
 *
 * @param subject what a bare {@code reject} in this list says was rejected
 */
record RestrictionList(Subject subject, List<Restriction> restrictions) {
  /** What a list judges. */
  enum Subject {
    CLIENT("smtpd_client_restrictions", "Client host"),
    HELO("smtpd_helo_restrictions", "Helo command"),
    SENDER("smtpd_sender_restrictions", "Sender address"),
    RELAY("smtpd_relay_restrictions", "Recipient address"),
    RECIPIENT("smtpd_recipient_restrictions", "Recipient address");

    final String parameter;
    final String noun;

    Subject(String parameter, String noun) {
      this.parameter = parameter;
      this.noun = noun;
    }
  }

  RestrictionList {
    restrictions = List.copyOf(restrictions);
  }

  /** Reads a list; a word that is not known is an error, because skipping it would be less safe. */
  static RestrictionList of(Subject subject, Config config) throws ConfigException {
    List<Restriction> found = new ArrayList<>();
    for (String word : config.list(subject.parameter)) {
      found.add(
          Restriction.of(word)
              .orElseThrow(() ->
                  new ConfigException(
                      subject.parameter
                          + ": restriction \""
                          + word
                          + "\" is not supported (use permit_mynetworks,"
                          + " permit_sasl_authenticated, permit, reject, defer,"
                          + " reject_unauth_destination, defer_unauth_destination, reject_unlisted_sender"
                          + " or reject_unlisted_recipient)")));
    }
    return new RestrictionList(subject, found);
  }

  boolean stopsStrangers() {
    return restrictions.stream().anyMatch(Restriction::stopsStrangers);
  }
}

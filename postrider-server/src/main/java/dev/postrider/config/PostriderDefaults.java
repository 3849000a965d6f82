package dev.postrider.config;

import org.jspecify.annotations.Nullable;

/**
 * Every default that differs from Postfix's on purpose, in one place. What is not here is as {@code
 * postconf -d} of Postfix 3.11 says.
 */
final class PostriderDefaults {
  private PostriderDefaults() {}

  /** Our default of a parameter, or null where it is Postfix's. */
  static @Nullable String of(String name) {
    return switch (name) {
      // A directory of our own, so that both can be installed while a machine moves over.
      case "queue_directory" -> "/var/spool/postrider";
      case "data_directory" -> "/var/lib/postrider";
      case "daemon_directory" -> "/usr/lib/postrider";
      case "mail_owner" -> "postrider";
      case "mail_name" -> "Postrider";
      // Nobody has run an older version: a main.cf that names no level gets today's defaults, not
      // those of before 2.10, which would relay for the whole subnet and send mail in clear.
      case "compatibility_level" -> "3.11";
      // System mail for one machine: nothing listens to the network before somebody asks for it.
      case "inet_interfaces" -> "loopback-only";
      // Postfix puts strangers off for days (454), for the sake of those who upgrade from before
      // 2.10 with relaying of their own making. Here nobody does, and a no is an answer.
      case "smtpd_relay_restrictions" ->
          "permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination";
      // A connection in clear is kept for the next message, so one with TLS is: there is one
      // process,
      // and nothing has to be handed over between several.
      case "smtp_tls_connection_reuse", "lmtp_tls_connection_reuse" -> "yes";
      default -> null;
    };
  }
}

package dev.postrider.migrate;

import dev.postrider.migrate.MsmtpFile.Value;

/** Commands of msmtp(1) that say nothing of server, login and sender. For one account. */
final class MsmtpRest {
  private final Migration migration;
  private final MsmtpCommands commands;

  MsmtpRest(Migration migration, MsmtpCommands commands) {
    this.migration = migration;
    this.commands = commands;
  }

  /** Writes what a command comes to. */
  void write(String command, Value value) {
    String said = commands.said(command);
    Place place = value.place();
    switch (command) {
      case "domain" -> helo(place, said, value.value());
      case "timeout" ->
          migration.differs(
              place, said, "Postrider has a time limit for each step (smtp_connect_timeout …)");
      case "logfile", "logfile_time_format" ->
          migration.differs(
              place, said, "the log is the system's mail log, or the file that maillog_file names");
      case "syslog" ->
          migration.same(
              place, said, "the log goes to syslog, facility mail (syslog_facility changes that)");
      case "source_ip" -> {
        if (value.value().matches("[0-9A-Fa-f.:]+")) {
          migration.understood(
              place,
              said,
              value.value().indexOf(':') < 0 ? "smtp_bind_address" : "smtp_bind_address6",
              value.value());
        } else {
          migration.impossible(place, said, "this is no address");
        }
      }
      case "dsn_notify", "dsn_return" ->
          migration.impossible(
              place,
              said,
              "reports are asked for message by message: sendmail -N "
                  + (command.equals("dsn_notify") ? value.value() : "… -R " + value.value()));
      case "tls_key_file", "tls_cert_file" ->
          migration.impossible(
              place, said, "Postrider shows no certificate of its own to servers yet");
      case "tls_crl_file" -> migration.impossible(place, said, "revocation lists are not read");
      case "tls_priorities", "tls_min_dh_prime_bits" ->
          migration.impossible(
              place,
              said,
              "the JDK's safe choice is used (smtp_tls_mandatory_protocols limits it)");
      case "tls_host_override" -> {
        if (Relay.isHost(value.value())) {
          migration.understood(place, said, "smtp_tls_secure_cert_match", value.value());
        } else {
          migration.impossible(place, said, "this is no name of a host");
        }
      }
      case "keepbcc" ->
          migration.impossible(place, said, "Bcc headers are removed (RFC 5322 §3.6.3)");
      case "remove_bcc_headers" -> {
        if (value.isOff()) {
          migration.impossible(place, said, "Bcc headers are removed (RFC 5322 §3.6.3)");
        } else {
          migration.same(place, said, "Bcc headers are removed");
        }
      }
      case "undisclosed_recipients" ->
          migration.impossible(place, said, "To: and Cc: headers are left as they are");
      case "set_date_header",
          "set_msgid_header",
          "add_missing_from_header",
          "add_missing_date_header" ->
          migration.same(place, said, "what is missing in the header is added");
      case "auto_from", "maildomain" ->
          migration.impossible(
              place,
              said,
              "obsolete in msmtp too: use \"from %U@DOMAIN\" there, then import again");
      case "ntlmdomain", "proxy_port" ->
          migration.impossible(place, said, "what it belongs to is not taken over");
      case "from_full_name" ->
          migration.impossible(
              place,
              "from_full_name ...",
              "the name comes from the account (chfn), or sendmail -F");
      case "tls_trust_file",
          "tls_fingerprint",
          "tls_starttls",
          "tls_certcheck",
          "set_from_header",
          "allow_from_override",
          "user",
          "password",
          "passwordeval" ->
          migration.same(place, command + " ...", "nothing here needs it");
      default -> migration.unknown(place, command + " ...");
    }
  }

  private void helo(Place place, String said, String domain) {
    String name = MsmtpSender.domain(domain);
    if (name.isEmpty()) {
      migration.impossible(place, said, "this is no name of a host");
    } else if (name.startsWith("/")) {
      migration.differs(place, said, "the servers hear myhostname");
    } else {
      migration.understood(place, said, "smtp_helo_name", name);
    }
  }
}

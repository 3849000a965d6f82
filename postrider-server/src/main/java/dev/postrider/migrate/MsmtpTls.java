package dev.postrider.migrate;

import dev.postrider.migrate.MsmtpFile.Value;

/** How an account of msmtp(1) protects its connections. For one account. */
final class MsmtpTls {
  private final Sources sources;
  private final Migration migration;
  private final MsmtpCommands commands;

  MsmtpTls(Sources sources, Migration migration, MsmtpCommands commands) {
    this.sources = sources;
    this.migration = migration;
    this.commands = commands;
  }

  /** How an account wants its connections. */
  static Relay.Protection protection(MsmtpCommands commands) {
    Value tls = commands.find("tls");
    if (tls == null || !tls.isOn()) {
      return Relay.Protection.NONE;
    }
    Value check = commands.find("tls_certcheck");
    boolean verified = check == null || !check.isOff();
    Value starttls = commands.find("tls_starttls");
    if (starttls != null && starttls.isOff()) {
      return verified ? Relay.Protection.WRAPPED_VERIFIED : Relay.Protection.WRAPPED;
    }
    return verified ? Relay.Protection.STARTTLS_VERIFIED : Relay.Protection.STARTTLS;
  }

  /** Writes it for the server that all mail goes to. */
  void write(Relay relay) {
    String said =
        commands.said("tls")
            + (commands.has("tls_starttls") ? ", " + commands.said("tls_starttls") : "")
            + (commands.has("tls_certcheck") ? ", " + commands.said("tls_certcheck") : "");
    relay.writeProtection(migration, commands.place("tls"), said);
    trust(relay);
  }

  /** Writes what one more server needs beside those that are written. */
  void writeBeside(Relay relay) {
    if (!relay.protection().verified() || !migration.has("smtp_tls_CAfile")) {
      trust(relay);
    }
  }

  private void trust(Relay relay) {
    if (relay.protection() == Relay.Protection.NONE) {
      return;
    }
    if (relay.protection().verified()) {
      authorities();
    } else {
      migration.differs(
          commands.place("tls_certcheck"),
          commands.said("tls_certcheck"),
          "as before, nobody checks that the server is the right one: smtp_tls_security_level ="
              + " secure does");
    }
  }

  private void authorities() {
    Value trust = commands.find("tls_trust_file");
    Value fingerprint = commands.find("tls_fingerprint");
    if (fingerprint != null && !fingerprint.value().isEmpty()) {
      migration.impossible(
          fingerprint.place(),
          "tls_fingerprint ...",
          "Postrider trusts certificate authorities, not fingerprints: it asks for a certificate of"
              + " the server's name by one of them (for a server with a certificate of its own,"
              + " put that into a file and name it in smtp_tls_CAfile)");
    }
    if (trust == null || trust.value().equals("system")) {
      Authorities.ofSystem(
          sources,
          migration,
          commands.place("tls_trust_file"),
          trust == null ? "tls on" : commands.said("tls_trust_file"));
    } else if (trust.value().isEmpty()) {
      migration.differs(
          trust.place(), "tls_trust_file (empty)", "no authority is trusted: set smtp_tls_CAfile");
    } else {
      migration.understood(
          trust.place(),
          commands.said("tls_trust_file"),
          "smtp_tls_CAfile",
          Migration.literal(sources.expanded(trust.value())));
    }
  }
}

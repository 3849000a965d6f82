package dev.postrider.migrate;

import dev.postrider.migrate.MsmtpFile.Value;

/** The sender that an account of msmtp(1) gives to its mail. For one account. */
final class MsmtpSender {
  private final Migration migration;
  private final MsmtpCommands commands;

  MsmtpSender(Migration migration, MsmtpCommands commands) {
    this.migration = migration;
    this.commands = commands;
  }

  /** Writes who it is. */
  void write() {
    Value from = commands.find("from");
    if (from == null || from.value().isEmpty()) {
      return;
    }
    String address = from.value();
    boolean fixed = commands.value("allow_from_override").equals("off");
    String header = commands.value("set_from_header");
    String classes = header.equals("off") ? "envelope_sender" : "envelope_sender, header_sender";
    if (address.startsWith("%U@")) {
      String domain = domain(address.substring(3));
      if (domain.isEmpty()) {
        migration.impossible(from.place(), commands.said("from"), "this is no domain");
      } else {
        migration.understood(from.place(), commands.said("from"), "myorigin", domain);
      }
      if (fixed) {
        migration.differs(
            commands.place("allow_from_override"),
            commands.said("allow_from_override"),
            "programs may name another sender (sendmail -f)");
      }
      return;
    }
    if (!Address.isAddress(address) || address.indexOf('*') >= 0 || address.indexOf('%') >= 0) {
      migration.impossible(
          from.place(),
          commands.said("from"),
          "a pattern names no sender: set sender_canonical_maps by hand");
      return;
    }
    migration.understood(
        from.place(),
        commands.said("from") + (fixed ? ", allow_from_override off" : ""),
        "sender_canonical_maps",
        fixed ? "static:" + address : Address.ownSenders(address),
        "sender_canonical_classes",
        classes);
    if (!fixed) {
      migration.differs(
          from.place(),
          commands.said("from"),
          "it is used for every sender of this machine's own domain, also one named by sendmail -f"
              + (header.equals("off")
                  ? ""
                  : ", and in From: headers with that domain, which msmtp leaves as they are"));
    }
  }

  /** A domain of "from": the patterns of msmtp are parameters here. */
  static String domain(String text) {
    return switch (text) {
      case "%H", "%C" -> "$myhostname";
      case "%M" -> "/etc/mailname";
      default -> Address.isDomain(text) ? text : "";
    };
  }
}

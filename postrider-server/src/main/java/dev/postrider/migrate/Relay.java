package dev.postrider.migrate;

/**
 * The server that mail goes to, and how the way there is protected. Immutable.
 *
 * @param host a name or an address
 * @param port 1 to 65535
 * @param protection of the connection
 */
record Relay(String host, int port, Protection protection) {
  /** How a connection is protected, the weakest first. */
  enum Protection {
    NONE("none", false),
    /** STARTTLS if the server offers it, whoever it is. */
    OPPORTUNISTIC("may", false),
    STARTTLS("encrypt", false),
    /** STARTTLS, and the certificate is for the host. */
    STARTTLS_VERIFIED("secure", false),
    WRAPPED("encrypt", true),
    /** TLS from the beginning, and the certificate is for the host. */
    WRAPPED_VERIFIED("secure", true);

    private final String level;
    private final boolean wrapped;

    Protection(String level, boolean wrapped) {
      this.level = level;
      this.wrapped = wrapped;
    }

    String level() {
      return level;
    }

    boolean wrapped() {
      return wrapped;
    }

    boolean verified() {
      return level.equals("secure");
    }
  }

  /** A host of a configuration that can stand in ours. */
  static boolean isHost(String text) {
    return text.matches("[A-Za-z0-9_]([A-Za-z0-9._:-]{0,253})");
  }

  /** A port of a configuration; 0 if it is none. */
  static int port(String text) {
    if (!text.matches("[0-9]{1,5}")) {
      return 0;
    }
    int port = Integer.parseInt(text);
    return port <= 65_535 ? port : 0;
  }

  /** As relayhost and the tables name it: without an MX lookup. */
  String nextHop() {
    return "[" + (host.indexOf(':') >= 0 ? "ipv6:" + host : host) + "]:" + port;
  }

  /** Writes it as the server that all mail goes to. */
  void write(Migration migration, Place place, String said) {
    migration.understood(place, said, "relayhost", nextHop());
  }

  /** Writes how connections to it are protected. */
  void writeProtection(Migration migration, Place place, String said) {
    if (protection.wrapped()) {
      migration.understood(
          place,
          said,
          "smtp_tls_security_level",
          protection.level(),
          "smtp_tls_wrappermode",
          "yes");
    } else {
      migration.understood(place, said, "smtp_tls_security_level", protection.level());
    }
  }

  /**
   * Says which logins are allowed: a password in clear text only where it is protected, or where
   * the old program sent it so. What another server's login forbids already stays forbidden.
   */
  void writeSecurityOptions(Migration migration, boolean clearTextWithoutTls) {
    boolean always =
        clearTextWithoutTls
            || protection.level().equals("encrypt")
            || protection.level().equals("secure");
    if (always && forbidsClearText(migration)) {
      // With TLS, other options count, and they allow it.
      return;
    }
    if (always) {
      migration.set("smtp_sasl_security_options", "noanonymous");
    } else {
      migration.set("smtp_sasl_security_options", "noplaintext, noanonymous");
      migration.set("smtp_sasl_tls_security_options", "noanonymous");
    }
  }

  /** Whether a login that was written before may not go in clear text. */
  static boolean forbidsClearText(Migration migration) {
    return migration.settings().getOrDefault("smtp_sasl_security_options", "").contains("noplain");
  }
}

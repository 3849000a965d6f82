package dev.postrider.migrate;

/** What a program that only passes mail on means for a mail system that can deliver. Functions. */
final class NoLocalMail {
  private NoLocalMail() {}

  /** No domain's mail ends here, and nobody but this machine is served. */
  static void write(Migration migration, Place place, String program) {
    migration.understood(
        place,
        program + " delivers nothing on this machine",
        "mydestination",
        "",
        "inet_interfaces",
        "loopback-only");
    migration.differs(
        place,
        program + " is not reached by SMTP",
        "programs of this machine can also hand mail over at localhost, port 25");
  }

  /** Of a program without a queue. */
  static void sendsAtOnce(Migration migration, Place place, String program) {
    migration.differs(
        place,
        program + " sends while the caller waits, or fails",
        "Postrider takes the message, tries again while the server does not answer (for"
            + " maximal_queue_lifetime), and then reports to the sender");
  }
}

package dev.postrider.intake;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Where a submission came from; decides what is completed, and what its Received header says. */
public sealed interface Origin {
  /**
   * A program on this machine, by sendmail.
   *
   * @param uid the kernel's word
   * @param login the name of that uid
   * @param fullName for a missing From header; may be empty
   */
  record Local(long uid, String login, String fullName) implements Origin {}

  /**
   * An SMTP client.
   *
   * @param helo what it called itself
   * @param name its verified name, or {@code unknown}
   * @param address its address
   * @param protocol SMTP, ESMTP, ESMTPS, ESMTPSA, UTF8SMTP …
   * @param tls protocol and cipher for the Received header, or null in clear
   * @param login who it authenticated as, or null
   * @param local whether header addresses are completed as for a local program
   *     (local_header_rewrite_clients)
   * @param service how log lines name the SMTP service that it came by, such as {@code smtpd}
   */
  record Remote(
      String helo,
      String name,
      InetAddress address,
      String protocol,
      @Nullable String tls,
      @Nullable String login,
      boolean local,
      String service)
      implements Origin {}

  /** Postrider itself: a notice, or mail forwarded by an alias. */
  record Internal() implements Origin {}
}

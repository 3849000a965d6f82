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
   * @param relayed whether it passes on a message of others (-G), whose header is left as it is
   */
  record Local(long uid, String login, String fullName, boolean relayed) implements Origin {
    /** Of a message that begins here. */
    public Local(long uid, String login, String fullName) {
      this(uid, login, fullName, false);
    }
  }

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
   * @param service the SMTP service that it came by
   */
  record Remote(
      String helo,
      String name,
      InetAddress address,
      String protocol,
      @Nullable String tls,
      @Nullable String login,
      boolean local,
      Service service)
      implements Origin {}

  /**
   * What a line of master.cf may give its SMTP service alone.
   *
   * @param process how log lines name it, such as {@code smtpd}
   * @param hostName its myhostname
   * @param messageSizeLimit its message_size_limit; 0 is no limit
   */
  record Service(String process, String hostName, long messageSizeLimit) {}

  /**
   * The queue: postsuper -r has a message taken anew.
   *
   * @param uid of whoever asked
   * @param previousId what it was called before
   */
  record Requeued(long uid, String previousId) implements Origin {}

  /**
   * Postrider itself: a notice, or mail forwarded by an alias.
   *
   * @param why which of them
   * @param parent the queue id of the message that is reported on or sent on; empty if there is
   *     none
   */
  record Internal(Why why, String parent) implements Origin {
    /** About no message of the queue. */
    public Internal() {
      this(Why.OTHER, "");
    }
  }

  /** Why Postrider writes a message. */
  enum Why {
    NOTICE,
    FORWARD,
    OTHER
  }
}

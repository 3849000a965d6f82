package dev.postrider.smtp;

import dev.postrider.config.Config;
import dev.postrider.mail.envelope.Client;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Predicate;

/**
 * Whose messages count as this machine's own in what is told to a content filter: those of local
 * programs, and of the clients of {@code local_header_rewrite_clients}. Functions only.
 */
final class LocalOrigin {
  private LocalOrigin() {}

  static Predicate<Client> of(Config config) {
    List<String> words = config.list("local_header_rewrite_clients");
    OwnAddresses own = OwnAddresses.of(config);
    // What mynetworks and a login allow was decided when the message came; a client that is let in
    // by name there, and not by an address of this machine, is told of as remote.
    return client ->
        client.isNone()
            || words.contains("static:all")
            || (words.contains("permit_sasl_authenticated") && !client.saslUsername().isEmpty())
            || (words.contains("permit_inet_interfaces") && isOwn(own, client.address()));
  }

  private static boolean isOwn(OwnAddresses own, String address) {
    try {
      return own.contains(InetAddress.ofLiteral(address));
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}

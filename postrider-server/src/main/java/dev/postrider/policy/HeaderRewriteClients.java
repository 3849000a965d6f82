package dev.postrider.policy;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/**
 * local_header_rewrite_clients: whose messages are completed as those of a local program are.
 * Immutable; safe on any thread.
 */
public final class HeaderRewriteClients {
  private final List<String> words;
  private final Set<InetAddress> ownAddresses;

  private HeaderRewriteClients(List<String> words, Set<InetAddress> ownAddresses) {
    this.words = List.copyOf(words);
    this.ownAddresses = Set.copyOf(ownAddresses);
  }

  public static HeaderRewriteClients of(Config config, Set<InetAddress> ownAddresses)
      throws ConfigException {
    List<String> words = config.list("local_header_rewrite_clients");
    for (String word : words) {
      switch (word) {
        case "permit_inet_interfaces",
            "permit_mynetworks",
            "permit_sasl_authenticated",
            "static:all" -> {}
        default ->
            throw new ConfigException(
                "local_header_rewrite_clients: \""
                    + word
                    + "\" is not supported (use permit_inet_interfaces, permit_mynetworks,"
                    + " permit_sasl_authenticated or static:all)");
      }
    }
    return new HeaderRewriteClients(words, ownAddresses);
  }

  /** Whether this client's messages are completed. */
  public boolean contains(ClientFacts client, boolean authenticated) {
    if (client.standAlone()) {
      return true;
    }
    for (String word : words) {
      boolean match =
          switch (word) {
            case "permit_inet_interfaces" ->
                client.address().isLoopbackAddress() || ownAddresses.contains(client.address());
            case "permit_mynetworks" -> client.trusted();
            case "permit_sasl_authenticated" -> authenticated;
            default -> true;
          };
      if (match) {
        return true;
      }
    }
    return false;
  }
}

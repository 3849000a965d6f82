package dev.postrider.doctor;

import dev.postrider.dns.DnsAnswer;
import dev.postrider.dns.Resolver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Whether the name servers answer that the mail system asks: those of resolv.conf. */
final class NameServersCheck implements Check {
  /** RFC 6761 leaves it to all servers; whatever they say of it is an answer. */
  private static final String ASKED = "example.com";

  private final Path root;
  private final Resolver resolver;
  private final String asked;

  /**
   * @param domain to ask for: one that matters here, or empty
   */
  NameServersCheck(Path root, Resolver resolver, String domain) {
    this.root = root;
    this.resolver = resolver;
    this.asked = domain.isEmpty() ? ASKED : domain;
  }

  @Override
  public Area area() {
    return Area.NETWORK;
  }

  @Override
  public String subject() {
    return "the name servers";
  }

  @Override
  public boolean asksNetwork() {
    return true;
  }

  @Override
  public List<Finding> look() throws IOException {
    Path file = root.resolve("etc/resolv.conf");
    List<String> servers = servers(file);
    String named =
        servers.isEmpty()
            ? "there is no nameserver in " + file
            : file + " names " + String.join(", ", servers);
    // MX, because names of this machine's hosts file have none: the servers are meant.
    if (resolver.mx(asked) instanceof DnsAnswer.TemporaryFailure<?>(String reason, _)) {
      return List.of(
          Finding.error(
              "dns-down",
              "no name server answers a question for %s: %s (%s)".formatted(asked, reason, named),
              "no server is found and mail waits, unless its address or /etc/hosts is used",
              "look whether the network is up and what manages " + file + ": resolvectl status"));
    }
    return List.of(Finding.ok("dns", "the name servers answer: " + named));
  }

  private static List<String> servers(Path file) throws IOException {
    List<String> servers = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file)) {
        String[] words = line.strip().split("\\s+", -1);
        if (words.length > 1 && words[0].equals("nameserver")) {
          servers.add(words[1]);
        }
      }
    } catch (NoSuchFileException _) {
      // Java asks 127.0.0.1 then.
      return servers;
    }
    return servers;
  }
}

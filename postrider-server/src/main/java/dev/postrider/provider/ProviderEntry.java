package dev.postrider.provider;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** The lines about one provider, on their way to becoming it. For one thread. */
final class ProviderEntry {
  private final String id;
  private String name = "";
  private List<String> domains = List.of();
  private List<String> mx = List.of();
  private List<SubmissionServer> servers = new ArrayList<>();
  private LoginName login = new LoginName.Address();
  private List<CredentialKind> credentials = new ArrayList<>();
  private SenderRule senders = SenderRule.ANY;
  private String limit = "";
  private List<String> notes = new ArrayList<>();

  /** Words whose lines add up; what another provider had of them goes with the first line. */
  private final Set<String> borrowed = new TreeSet<>();

  ProviderEntry(String id) {
    if (!id.matches("[a-z0-9-]+")) {
      throw new IllegalArgumentException("a name of small letters, digits and dashes is wanted");
    }
    this.id = id;
  }

  /** Takes over what another one has. */
  void begin(ProviderEntry other) {
    name = other.name;
    domains = other.domains;
    mx = other.mx;
    servers = new ArrayList<>(other.servers);
    login = other.login;
    credentials = new ArrayList<>(other.credentials);
    senders = other.senders;
    limit = other.limit;
    notes = new ArrayList<>(other.notes);
    borrowed.addAll(List.of("server", "credential", "note"));
  }

  void set(String word, String value) {
    boolean first = borrowed.remove(word);
    switch (word) {
      case "name" -> name = value;
      case "domains" -> domains = words(value);
      case "mx" -> mx = words(value);
      case "login" -> login = login(value);
      case "sender" -> senders = SenderRule.valueOf(value.toUpperCase(Locale.ROOT));
      case "limit" -> limit = value;
      case "server" -> {
        servers = first ? new ArrayList<>() : servers;
        servers.add(server(value));
      }
      case "credential" -> {
        credentials = first ? new ArrayList<>() : credentials;
        credentials.add(credential(value));
      }
      case "note" -> {
        notes = first ? new ArrayList<>() : notes;
        notes.add(value);
      }
      default -> throw new IllegalArgumentException("no such word: " + word);
    }
  }

  private static List<String> words(String value) {
    return value.isEmpty() ? List.of() : List.of(value.toLowerCase(Locale.ROOT).split("\\s+"));
  }

  private static LoginName login(String value) {
    String[] words = value.split("\\s+", 2);
    return switch (words.length > 1 ? words[0] : words[0] + " alone") {
      case "address alone" -> new LoginName.Address();
      case "local alone" -> new LoginName.LocalPart();
      case "fixed" -> new LoginName.Fixed(words[1]);
      case "ask" -> new LoginName.Asked(words[1]);
      default ->
          throw new IllegalArgumentException("address, local, fixed NAME or ask WHAT is wanted");
    };
  }

  private static SubmissionServer server(String value) {
    String[] words = value.split("[:\\s]+");
    if (words.length != 3) {
      throw new IllegalArgumentException("HOST:PORT and tls or starttls are wanted");
    }
    SubmissionServer.Security security =
        switch (words[2]) {
          case "tls" -> SubmissionServer.Security.IMPLICIT;
          case "starttls" -> SubmissionServer.Security.STARTTLS;
          default -> throw new IllegalArgumentException("tls or starttls is wanted");
        };
    return new SubmissionServer(words[0], Integer.parseInt(words[1]), security);
  }

  private static CredentialKind credential(String value) {
    String[] words = value.split("\\s+", 3);
    boolean page = words.length > 1 && words[1].startsWith("https://");
    return new CredentialKind(
        CredentialKind.Kind.of(words[0]),
        page ? words[1] : "",
        page ? (words.length > 2 ? words[2] : "") : value.substring(words[0].length()).strip());
  }

  Provider provider() {
    return new Provider(
        id, name, Set.copyOf(domains), mx, servers, login, credentials, senders, limit, notes);
  }
}

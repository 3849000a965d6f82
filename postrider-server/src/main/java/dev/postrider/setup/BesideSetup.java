package dev.postrider.setup;

import dev.postrider.config.Config;
import dev.postrider.provider.SubmissionServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What main.cf and tables have to say so that some mail goes out by one account more, beside what
 * there is. Immutable.
 */
public final class BesideSetup {
  /**
   * Which mail goes by the account.
   *
   * @param senders addresses, or domains with an {@code @} before them
   * @param recipients domains
   * @param users login names, of who submits
   */
  public record Choice(List<String> senders, List<String> recipients, List<String> users) {
    public Choice {
      senders = List.copyOf(senders);
      recipients = List.copyOf(recipients);
      users = List.copyOf(users);
    }
  }

  /** What the account needs of {@link RelaySetup}; the rest is the first account's. */
  private static final Set<String> SHARED =
      Set.of(
          "smtp_sasl_auth_enable",
          "smtp_sasl_password_maps",
          "smtp_sasl_security_options",
          "smtp_sasl_tls_security_options",
          "smtp_tls_CAfile");

  /** One table, its lines by their keys. */
  private record Lines(String parameter, String file, Map<String, String> entries) {}

  private final Config config;
  private final Account account;
  private final Choice choice;
  private final Path root;

  /**
   * @param config as it is
   * @param root where the system's files are, {@code /} but in tests
   */
  public BesideSetup(Config config, Account account, Choice choice, Path root) {
    this.config = config;
    this.account = account;
    this.choice = choice;
    this.root = root;
  }

  /**
   * Whether a server speaks TLS as those of the first account do. If not, it wants a client of its
   * own in master.cf, as {@code smtp_tls_wrappermode} is one setting of a client; that one can be
   * chosen by sender and by recipient, not by user.
   */
  public static boolean fits(Config config, SubmissionServer server) {
    return config.flag("smtp_tls_wrappermode") == isImplicit(server);
  }

  private static boolean isImplicit(SubmissionServer server) {
    return server.security() == SubmissionServer.Security.IMPLICIT;
  }

  /** The client's name in master.cf; the usual one where that fits. */
  private String client() {
    return fits(config, account.server())
        ? "smtp"
        : isImplicit(account.server()) ? "smtp-tls" : "smtp-starttls";
  }

  /** The next hop that names the login, which is its key in tables too. */
  public static String nextHop(Account account) {
    return account.login() + "@" + account.server().nextHop();
  }

  /** Adds it all to some changes. */
  public void addTo(ChangeSet changes) throws IOException {
    addClient(changes);
    Map<String, String> settings =
        new LinkedHashMap<>(new RelaySetup(config, account, root).settings());
    settings.keySet().retainAll(SHARED);
    List<Lines> tables = tables();
    for (Lines each : tables) {
      settings.put(each.parameter(), withTable(each));
    }
    changes.settings(settings);
    for (Lines each : tables) {
      for (Map.Entry<String, String> entry : each.entries().entrySet()) {
        changes.tableLine(
            config.directory().resolve(each.file()),
            entry.getKey(),
            entry.getKey() + " " + entry.getValue());
      }
    }
  }

  private void addClient(ChangeSet changes) throws IOException {
    String name = client();
    Path master = config.directory().resolve("master.cf");
    String text = changes.now(master);
    if (!name.equals("smtp") && text.lines().noneMatch(line -> line.startsWith(name + " "))) {
      changes.text(
          master,
          text
              + (text.isEmpty() || text.endsWith("\n") ? "" : "\n")
              + name
              + " unix - - n - - smtp\n  -o smtp_tls_wrappermode="
              + (isImplicit(account.server()) ? "yes" : "no")
              + "\n");
    }
  }

  private List<Lines> tables() {
    String hop = nextHop(account);
    List<Lines> tables = new ArrayList<>();
    tables.add(
        new Lines(
            "sender_dependent_relayhost_maps", "sender_accounts", all(choice.senders(), hop)));
    tables.add(
        new Lines(
            "transport_maps",
            "recipient_accounts",
            all(choice.recipients(), client() + ":" + hop)));
    if (!fits(config, account.server())) {
      tables.add(
          new Lines(
              "sender_dependent_default_transport_maps",
              "sender_clients",
              all(choice.senders(), client() + ":")));
    }
    tables.add(
        new Lines("postrider_submitter_relayhost_maps", "user_accounts", all(choice.users(), hop)));
    boolean rewrites = account.provider().senders().wantsRewriting();
    // Otherwise the first account's address would take the place of this one's.
    if (rewrites || !config.list(SenderMaps.NAME).isEmpty()) {
      tables.add(
          new Lines(
              SenderMaps.NAME,
              "account_senders",
              Map.of(hop, rewrites ? account.address() : "DUNNO")));
    }
    // Also where all servers are checked now: the level for all may change, the password may not
    // go to another server then.
    tables.add(
        new Lines(
            "smtp_tls_policy_maps", "tls_policies", Map.of(account.server().nextHop(), "secure")));
    tables.removeIf(each -> each.entries().isEmpty());
    return tables;
  }

  private static Map<String, String> all(List<String> keys, String value) {
    Map<String, String> lines = new LinkedHashMap<>();
    keys.forEach(key -> lines.put(key, value));
    return lines;
  }

  /** Ours first; what was there goes on serving all other mail. */
  private String withTable(Lines lines) {
    String ours = "texthash:$config_directory/" + lines.file();
    String written = Objects.requireNonNullElse(config.written(lines.parameter()), "").strip();
    boolean has =
        config
            .list(lines.parameter())
            .contains("texthash:" + config.directory() + "/" + lines.file());
    return has ? written : ours + (written.isEmpty() ? "" : ", " + written);
  }
}

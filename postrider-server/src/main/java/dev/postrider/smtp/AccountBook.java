package dev.postrider.smtp;

import dev.postrider.account.AccountLimits;
import dev.postrider.account.AccountName;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.secret.SecretSource;
import dev.postrider.table.AddressLookup;
import dev.postrider.table.CompiledTable;
import dev.postrider.table.Tables;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The accounts that the configuration names, and what each is used for: as far as tables can be
 * read from their beginning to their end, which those on servers and those of patterns cannot. For
 * one thread.
 */
public final class AccountBook {
  /**
   * One account.
   *
   * @param name login and server; the login is empty if there is none, or it cannot be read
   * @param nextHop as the configuration names it
   * @param uses what mail it is for, as clauses for people
   * @param senders what becomes of senders, as a clause for people
   * @param limits how much it may send; null if there is no limit
   * @param tokenAccount the name under which its tokens are kept; empty if it has a password
   * @param problem what is wrong with its entries, or empty
   */
  public record Entry(
      AccountName name,
      String nextHop,
      List<String> uses,
      String senders,
      @Nullable AccountLimits limits,
      String tokenAccount,
      String problem) {
    public Entry {
      uses = List.copyOf(uses);
    }
  }

  private static final String RELAYHOST = "relayhost";
  private static final String PASSWORDS = "smtp_sasl_password_maps";
  private static final String BY_SENDER = "sender_dependent_relayhost_maps";

  private record Key(String sender, String nextHop) {}

  private final ClientConfig config;
  private final Tables tables;
  private final Predicate<String> isClient;
  private final Passwords passwords;
  private final @Nullable AddressLookup senders;
  private final LimitTables limits;
  private final int defaultPort;

  /** What each is used for, by the sender that the login may depend on, and its next hop. */
  private final Map<Key, List<String>> uses = new LinkedHashMap<>();

  private final List<String> unreadable = new ArrayList<>();

  private AccountBook(Config main, Tables tables, Predicate<String> isClient)
      throws ConfigException {
    this.config = new ClientConfig(main, Dialect.SMTP);
    this.tables = tables;
    this.isClient = isClient;
    SmtpTables opened = SmtpTables.open(config, tables);
    this.passwords =
        new Passwords(
            opened.passwords(),
            config.flag("smtp_sender_dependent_authentication"),
            config.text("smtp_sasl_password_result_delimiter"));
    this.senders = opened.senders().isEmpty() ? null : opened.senders();
    this.limits = new LimitTables(opened.limits());
    this.defaultPort = Ports.number(config.text("smtp_tcp_port"), 25);
  }

  /**
   * Reads it.
   *
   * @param isClient whether a transport of that name speaks SMTP
   * @param warnings hears of tables that cannot be read to their end
   * @throws ConfigException for a table that cannot be opened
   */
  public static List<Entry> read(
      Config config, Tables tables, Predicate<String> isClient, List<String> warnings)
      throws ConfigException {
    AccountBook book = new AccountBook(config, tables, isClient);
    book.collect();
    warnings.addAll(book.unreadable);
    List<Entry> all = new ArrayList<>();
    book.uses.forEach((key, what) ->
        Site.parse(key.nextHop(), book.defaultPort)
            .ifPresent(site -> add(book.entry(key.sender(), site, what), all)));
    return all;
  }

  /** The same account may be used for several kinds of mail. */
  private static void add(Entry entry, List<Entry> all) {
    for (int i = 0; i < all.size(); i++) {
      Entry other = all.get(i);
      if (!entry.name().login().isEmpty()
          && other.name().equals(entry.name())
          && other.nextHop().equals(entry.nextHop())) {
        List<String> both = new ArrayList<>(other.uses());
        both.addAll(entry.uses());
        all.set(
            i,
            new Entry(
                other.name(),
                other.nextHop(),
                both,
                other.senders(),
                other.limits(),
                other.tokenAccount(),
                other.problem()));
        return;
      }
    }
    all.add(entry);
  }

  private void collect() {
    each("transport_maps")
        .forEach((key, value) -> {
          int colon = value.indexOf(':');
          String transport = colon < 0 ? value : value.substring(0, colon);
          String hops = colon < 0 ? "" : value.substring(colon + 1).strip();
          if (!hops.isEmpty() && (transport.isBlank() || isClient.test(transport.strip()))) {
            use("", hops, key.equals("*") ? "mail to all others" : "mail to " + key);
          }
        });
    each("postrider_submitter_relayhost_maps")
        .forEach((user, hops) -> use("", hops, "mail that user " + user + " submits"));
    Map<String, String> bySender = each(BY_SENDER);
    bySender.forEach((sender, hops) -> use(sender, hops, "mail from " + sender));
    if (config.flag("smtp_sender_dependent_authentication")) {
      each(PASSWORDS).keySet().stream()
          .filter(key -> key.indexOf('@') >= 0 && key.indexOf('[') < 0)
          .filter(key -> !bySender.containsKey(key))
          .forEach(sender -> use(sender, config.text(RELAYHOST), "mail from " + sender));
    }
    use("", config.text(RELAYHOST), "all other mail");
    for (String relay : config.list("smtp_fallback_relay")) {
      use("", relay, "mail whose own servers cannot be reached");
    }
  }

  private Map<String, String> each(String parameter) {
    Map<String, String> all = new LinkedHashMap<>();
    for (String spec : config.list(parameter)) {
      if (spec.startsWith("static:")) {
        all.putIfAbsent("*", spec.substring("static:".length()));
        continue;
      }
      try {
        tables.entries(spec, CompiledTable.Kind.MAP, true).forEach(all::putIfAbsent);
      } catch (ConfigException e) {
        unreadable.add(parameter + ": " + e.getMessage());
      }
    }
    return all;
  }

  private void use(String sender, String hops, String what) {
    if (hops.isBlank() || hops.strip().equalsIgnoreCase("DUNNO")) {
      return;
    }
    List<String> sites = Site.split(hops);
    for (int i = 0; i < sites.size(); i++) {
      String clause = i == 0 ? what : what + ", if " + sites.get(i - 1) + " cannot take it";
      uses.computeIfAbsent(new Key(sender, sites.get(i)), _ -> new ArrayList<>()).add(clause);
    }
  }

  private Entry entry(String sender, Site site, List<String> what) {
    String user = "";
    String token = "";
    String problem = "";
    if (config.flag("smtp_sasl_auth_enable")) {
      switch (passwords.find(sender, site.host(), site)) {
        case Passwords.Answer.Found(var credentials) -> user = credentials.user();
        case Passwords.Answer.Named(var login) -> {
          user = login.user();
          token = login.source() instanceof SecretSource.OAuth(var account) ? account : "";
        }
        case Passwords.Answer.Missing(var reason) -> {
          user = site.login();
          problem = reason;
        }
        case Passwords.Answer.Unavailable(var reason) -> problem = reason;
        case Passwords.Answer.None _ -> {}
      }
    }
    AccountKeys keys = new AccountKeys(user, site.host(), site);
    @Nullable AccountLimits most = null;
    switch (limits.find(keys)) {
      case LimitTables.Answer.Limited(var found) -> most = found;
      case LimitTables.Answer.Unknown(var reason) -> problem = reason;
      case LimitTables.Answer.Unlimited _ -> {}
    }
    return new Entry(keys.name(), site.whole(), what, senders(keys), most, token, problem);
  }

  private String senders(AccountKeys keys) {
    if (senders == null) {
      return "as it is";
    }
    return switch (SenderChanges.entry(senders, keys)) {
      case AddressLookup.Found.Nothing _ -> "by the sender (" + SenderChanges.PARAMETER + ")";
      case AddressLookup.Found.Unavailable(var reason) -> "not known: " + reason;
      case AddressLookup.Found.Entry(_, _, var value, _) -> {
        Optional<SenderRule> rule = SenderRule.parse(value);
        if (rule.isEmpty()) {
          yield "no such rule: " + value;
        }
        yield rule.get().takesAll()
            ? "as it is"
            : value.strip().split("[,\\s]+")[0]
                + (rule.get().taken().isEmpty()
                    ? " in place of any other"
                    : " in place of any but "
                        + String.join(", ", rule.get().taken().stream().sorted().toList()));
      }
    };
  }
}

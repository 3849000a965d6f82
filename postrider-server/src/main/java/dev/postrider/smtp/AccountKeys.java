package dev.postrider.smtp;

import dev.postrider.account.AccountName;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The keys by which tables say something of an account, the most special first. Immutable.
 *
 * @param user who logs in; empty if nobody does
 * @param host the server's name
 * @param site the next hop that it is used for
 */
record AccountKeys(String user, String host, Site site) {
  /** The account, as its state and what it sends are kept under. */
  AccountName name() {
    return new AccountName(user, host.toLowerCase(Locale.ROOT));
  }

  /** {@code login@[host]:port}, {@code login@host}, {@code [host]:port}, {@code host}. */
  List<String> ofServer() {
    Set<String> keys = new LinkedHashSet<>();
    String server = host.toLowerCase(Locale.ROOT);
    if (!user.isEmpty()) {
      keys.add(user + "@" + site.written());
      keys.add(user + "@" + server);
    }
    keys.add(site.written());
    keys.add(server);
    return List.copyOf(keys);
  }

  /** The same, and the login alone before those of the server alone. */
  List<String> all() {
    List<String> keys = new ArrayList<>(ofServer());
    if (!user.isEmpty()) {
      keys.add(2, user);
    }
    return keys;
  }
}

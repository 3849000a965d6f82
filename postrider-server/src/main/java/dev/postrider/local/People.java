package dev.postrider.local;

import dev.postrider.io.Account;
import dev.postrider.io.Accounts;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The users of this machine, each looked up once for a recipient: a list may name somebody a
 * thousand times. For one thread.
 */
final class People {
  private final Accounts accounts;
  private final Map<String, Optional<Account>> known = new HashMap<>();

  People(Accounts accounts) {
    this.accounts = accounts;
  }

  /**
   * Finds a user.
   *
   * @param name in lower case
   * @throws IOException when nobody knows
   */
  Optional<Account> find(String name) throws IOException, InterruptedException {
    Optional<Account> account = known.get(name);
    if (account == null) {
      account = accounts.find(name);
      known.put(name, account);
    }
    return account;
  }

  /** Finds a user by number. */
  Optional<Account> find(long uid) throws IOException, InterruptedException {
    return accounts.find(uid);
  }
}

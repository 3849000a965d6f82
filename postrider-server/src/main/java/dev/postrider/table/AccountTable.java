package dev.postrider.table;

import dev.postrider.io.Accounts;
import java.io.IOException;

/** {@code unix:passwd.byname}: the users of this machine; the value is the passwd(5) entry. */
record AccountTable(String name, Accounts accounts) implements LookupTable {
  @Override
  public Lookup lookup(String key) {
    try {
      return accounts
          .find(key)
          .map(account -> (Lookup) new Lookup.Found(account.line()))
          .orElseGet(Lookup.NotFound::new);
    } catch (IOException e) {
      return new Lookup.Unavailable(name + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Lookup.Unavailable(name + ": interrupted");
    }
  }
}

package dev.postrider.route;

import dev.postrider.config.Config;
import dev.postrider.table.AddressLookup;
import dev.postrider.table.RecipientDelimiter;

/** How all tables that are keyed by address are searched. Functions only. */
public final class AddressRules {
  private AddressRules() {}

  /** The rules of main.cf. */
  public static AddressLookup.Rules of(Config config, LocalDomains local, Rewriter rewriter) {
    return new AddressLookup.Rules(
        RecipientDelimiter.of(config), local::matchOrOrigin, rewriter::local);
  }
}

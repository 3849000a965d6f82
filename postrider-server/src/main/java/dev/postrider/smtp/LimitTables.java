package dev.postrider.smtp;

import dev.postrider.account.AccountLimits;
import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import java.util.List;

/** {@code postrider_account_limit_maps}: how much accounts may send. Safe on any thread. */
final class LimitTables {
  static final String PARAMETER = "postrider_account_limit_maps";

  /** What the tables say of an account. */
  sealed interface Answer {
    record Limited(AccountLimits limits) implements Answer {}

    record Unlimited() implements Answer {}

    /** Nobody knows: the mail waits. */
    record Unknown(String reason) implements Answer {}
  }

  private final List<LookupTable> tables;

  LimitTables(List<LookupTable> tables) {
    this.tables = List.copyOf(tables);
  }

  boolean isEmpty() {
    return tables.isEmpty();
  }

  Answer find(AccountKeys account) {
    for (String key : account.all()) {
      for (LookupTable table : tables) {
        switch (table.lookupPart(key)) {
          case Lookup.Found(String value) -> {
            return read(table, key, value);
          }
          case Lookup.Unavailable(String reason) -> {
            return new Answer.Unknown(PARAMETER + ": " + reason);
          }
          case Lookup.NotFound _ -> {}
        }
      }
    }
    return new Answer.Unlimited();
  }

  private static Answer read(LookupTable table, String key, String value) {
    if (value.isBlank() || value.strip().equalsIgnoreCase("DUNNO")) {
      return new Answer.Unlimited();
    }
    try {
      return new Answer.Limited(AccountLimits.parse(value));
    } catch (IllegalArgumentException e) {
      return new Answer.Unknown(
          PARAMETER + ": " + table.name() + ": the entry for " + key + ": " + e.getMessage());
    }
  }
}

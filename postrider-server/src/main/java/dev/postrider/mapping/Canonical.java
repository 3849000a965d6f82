package dev.postrider.mapping;

import dev.postrider.config.Config;
import dev.postrider.table.AddressLookup;
import dev.postrider.table.TableSource;
import java.util.Set;

/**
 * One of the canonical tables, and where its addresses stand. Immutable.
 *
 * @param parameter that names the tables
 */
record Canonical(String parameter, AddressLookup tables, Set<AddressUse> uses) {
  static Canonical of(
      Config config,
      String parameter,
      String classes,
      TableSource source,
      AddressLookup.Rules rules) {
    return new Canonical(
        parameter,
        AddressLookup.of(parameter, config.list(parameter), source, rules),
        AddressUse.of(config, classes));
  }

  boolean appliesTo(AddressUse use) {
    return !tables.isEmpty() && uses.contains(use);
  }
}

package dev.postrider.route;

import dev.postrider.config.Config;
import dev.postrider.table.DomainList;
import dev.postrider.table.TableSource;
import java.util.List;

/** Finds the class of a domain, in Postfix's order. Immutable and safe on any thread. */
final class ClassLists {
  /** The class, or why nobody knows. */
  sealed interface Answer {
    record Known(AddressClass addressClass) implements Answer {}

    record Unknown(String reason) implements Answer {}
  }

  private record Entry(AddressClass addressClass, DomainList domains) {}

  private final LocalDomains local;
  private final List<Entry> others;

  ClassLists(Config config, LocalDomains local, TableSource tables) {
    this.local = local;
    boolean subdomains = config.list("parent_domain_matches_subdomains").contains("relay_domains");
    this.others =
        List.of(
            entry(AddressClass.VIRTUAL_ALIAS, config, DomainList.Style.EXACT, tables),
            entry(AddressClass.VIRTUAL_MAILBOX, config, DomainList.Style.EXACT, tables),
            entry(
                AddressClass.RELAY,
                config,
                subdomains ? DomainList.Style.PARENT : DomainList.Style.DOT_PARENT,
                tables));
  }

  private static Entry entry(
      AddressClass addressClass, Config config, DomainList.Style style, TableSource tables) {
    String parameter = addressClass.parameter();
    return new Entry(addressClass, DomainList.of(parameter, config.list(parameter), style, tables));
  }

  DomainList.Match isLocal(String domain) {
    return local.match(domain);
  }

  /** The class of a domain that is not local. */
  Answer remote(String domain) {
    for (Entry entry : others) {
      switch (entry.domains().match(domain)) {
        case DomainList.Yes _ -> {
          return new Answer.Known(entry.addressClass());
        }
        case DomainList.Unknown(var reason) -> {
          return new Answer.Unknown(reason);
        }
        case DomainList.No _ -> {}
      }
    }
    return new Answer.Known(AddressClass.DEFAULT);
  }
}

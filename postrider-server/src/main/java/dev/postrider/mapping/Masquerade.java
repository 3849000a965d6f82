package dev.postrider.mapping;

import dev.postrider.config.Config;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.table.DomainList;
import dev.postrider.table.TableSource;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Hides hosts behind their domain: {@code user@host.example.com} becomes {@code user@example.com}
 * (masquerade_domains). The first domain of the list that fits decides; {@code !sub.example.com}
 * keeps what is below it. Immutable and safe on any thread.
 */
final class Masquerade {
  /** What becomes of an address. */
  sealed interface Answer {
    record To(Mailbox mailbox) implements Answer {}

    record Unknown(String reason) implements Answer {}
  }

  private final List<String> domains;
  private final DomainList exceptions;
  private final Set<AddressUse> uses;

  Masquerade(Config config, TableSource tables) {
    this.domains =
        config.list("masquerade_domains").stream()
            .map(domain -> domain.toLowerCase(Locale.ROOT))
            .toList();
    this.exceptions =
        DomainList.of(
            "masquerade_exceptions",
            config.list("masquerade_exceptions"),
            DomainList.Style.EXACT,
            tables);
    this.uses = AddressUse.of(config, "masquerade_classes");
  }

  boolean appliesTo(AddressUse use) {
    return !domains.isEmpty() && uses.contains(use);
  }

  Answer apply(Mailbox mailbox) {
    if (mailbox.domain().isEmpty()) {
      return new Answer.To(mailbox);
    }
    switch (exceptions.match(mailbox.localPart())) {
      case DomainList.Yes _ -> {
        return new Answer.To(mailbox);
      }
      case DomainList.Unknown(var reason) -> {
        return new Answer.Unknown(reason);
      }
      case DomainList.No _ -> {}
    }
    String domain = mailbox.domain().toLowerCase(Locale.ROOT);
    for (String written : domains) {
      int bangs = 0;
      while (bangs < written.length() && written.charAt(bangs) == '!') {
        bangs++;
      }
      String parent = written.substring(bangs);
      if (domain.equals(parent)) {
        break;
      }
      if (!parent.isEmpty() && domain.endsWith("." + parent)) {
        return new Answer.To(bangs % 2 == 0 ? new Mailbox(mailbox.localPart(), parent) : mailbox);
      }
    }
    return new Answer.To(mailbox);
  }
}

package dev.postrider.mapping;

import dev.postrider.config.Config;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Where an address stands, by the words of canonical_classes and masquerade_classes. */
enum AddressUse {
  ENVELOPE_SENDER,
  ENVELOPE_RECIPIENT,
  HEADER_SENDER,
  HEADER_RECIPIENT;

  /** The uses that a parameter names; a word that is none is left to the check of the settings. */
  static Set<AddressUse> of(Config config, String parameter) {
    List<String> words = config.list(parameter);
    EnumSet<AddressUse> uses = EnumSet.noneOf(AddressUse.class);
    for (AddressUse use : values()) {
      if (words.contains(use.name().toLowerCase(Locale.ROOT))) {
        uses.add(use);
      }
    }
    return uses;
  }

  boolean isSender() {
    return this == ENVELOPE_SENDER || this == HEADER_SENDER;
  }
}

package dev.postrider.setup;

import dev.postrider.config.Config;
import java.util.List;
import java.util.stream.Stream;

/** The sender of an account among the tables that say who sends. Functions only. */
final class SenderMaps {
  static final String NAME = "postrider_relay_sender_maps";

  private static final String STATIC = "static:";

  private SenderMaps() {}

  /** With the address for all mail that no other table has a sender for. */
  static String with(Config config, String address) {
    return String.join(
        ", ", Stream.concat(tables(config).stream(), Stream.of(STATIC + address)).toList());
  }

  /** Without an address for all mail. */
  static String without(Config config) {
    return String.join(", ", tables(config));
  }

  /** Accounts beside have their senders in these, and people may have tables of their own. */
  private static List<String> tables(Config config) {
    return config.writtenList(NAME).stream().filter(spec -> !spec.startsWith(STATIC)).toList();
  }
}

package dev.postrider.cli;

import dev.postrider.table.Tables;
import java.util.List;

/** What this program has of each kind that postconf lists. */
final class PostconfLists {
  static final List<String> MAPS = Tables.types();
  static final List<String> LOCKS = List.of("flock", "fcntl", "dotlock");
  static final List<String> SERVER_SASL = List.of();
  static final List<String> CLIENT_SASL = List.of("cyrus");
  static final List<String> PUBLIC_KEYS = List.of("rsa", "dsa", "ecdsa", "ed25519", "ed448");

  private PostconfLists() {}
}

package dev.postrider.table;

import java.util.Locale;

/** Case folding of keys in tables of fixed strings. Stateless. */
final class Keys {
  private Keys() {}

  /** Lower case; text beyond ASCII too, as Postfix does with SMTPUTF8 enabled. */
  static String fold(String key) {
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      if ((c >= 'A' && c <= 'Z') || c >= 0x80) {
        return key.toLowerCase(Locale.ROOT);
      }
    }
    return key;
  }
}

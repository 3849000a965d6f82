package dev.postrider.local;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Remembers what was done for one recipient, so that it is not done again. Beyond the limit nothing
 * new is remembered: memory stays bounded, and somebody may get a message twice. For one thread.
 */
final class DuplicateFilter {
  private final int limit;
  private final Set<String> known = new HashSet<>();

  /**
   * @param limit duplicate_filter_limit; 0 is none
   */
  DuplicateFilter(int limit) {
    this.limit = limit;
  }

  /** Whether it was there before; it is from now on, if there is room. */
  boolean wasHere(String text) {
    String key = text.toLowerCase(Locale.ROOT);
    if (known.contains(key)) {
      return true;
    }
    if (limit <= 0 || known.size() < limit) {
      known.add(key);
    }
    return false;
  }

  /** Whether it was there before, remembering nothing. */
  boolean has(String text) {
    return known.contains(text.toLowerCase(Locale.ROOT));
  }
}

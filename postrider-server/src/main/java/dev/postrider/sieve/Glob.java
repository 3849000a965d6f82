package dev.postrider.sieve;

/**
 * Patterns with {@code *} and {@code ?} (RFC 5228 §2.7.1). Never goes back behind the last {@code
 * *}, so that time is at most the product of both lengths, and that is counted. Functions only.
 */
final class Glob {
  private static final int BATCH = 1_000;

  private Glob() {}

  /** Whether the whole value is what the pattern says. */
  static boolean matches(String value, String pattern, Work work) throws Work.Exhausted {
    int v = 0;
    int p = 0;
    int starPattern = -1;
    int starValue = 0;
    int steps = 0;
    while (v < value.length()) {
      if (++steps % BATCH == 0) {
        work.add(BATCH);
      }
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        starPattern = p;
        starValue = v;
        p++;
        continue;
      }
      int width = width(value, v, pattern, p);
      if (width > 0) {
        v += width;
        p += pattern.charAt(p) == '\\' && p + 1 < pattern.length() ? 2 : 1;
      } else if (starPattern >= 0) {
        starValue++;
        v = starValue;
        p = starPattern + 1;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  /** How many chars of the value the next element of the pattern takes; 0 if it does not fit. */
  private static int width(String value, int v, String pattern, int p) {
    if (p >= pattern.length()) {
      return 0;
    }
    char wanted = pattern.charAt(p);
    if (wanted == '?') {
      return Character.charCount(value.codePointAt(v));
    }
    if (wanted == '\\' && p + 1 < pattern.length()) {
      wanted = pattern.charAt(p + 1);
    }
    return value.charAt(v) == wanted ? 1 : 0;
  }

  /** Whether the key is somewhere in the value. */
  static boolean contains(String value, String key, Work work) throws Work.Exhausted {
    if (key.isEmpty()) {
      return true;
    }
    char first = key.charAt(0);
    int last = value.length() - key.length();
    for (int start = value.indexOf(first); start >= 0 && start <= last; ) {
      int same = 1;
      while (same < key.length() && value.charAt(start + same) == key.charAt(same)) {
        same++;
      }
      if (same == key.length()) {
        return true;
      }
      work.add(same);
      start = value.indexOf(first, start + 1);
    }
    work.add(value.length());
    return false;
  }
}

package dev.postrider.tls;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads protocol lists of main.cf: {@code >=TLSv1}, {@code >=TLSv1.2, <=TLSv1.3}, {@code !SSLv2,
 * !SSLv3}, {@code TLSv1.2 TLSv1.3}.
 */
public final class ProtocolRange {
  /** Oldest first; the position is the order. SSL is in the language, but in no JDK. */
  private static final List<String> ALL =
      List.of("SSLV2", "SSLV3", "TLSV1", "TLSV1.1", "TLSV1.2", "TLSV1.3");

  private static final List<String> JSSE =
      List.of("SSLv2Hello", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3");

  private ProtocolRange() {}

  /**
   * The versions allowed by {@code words} out of those the platform offers.
   *
   * @return empty if nothing is left, which no connection can use
   */
  public static List<String> allowed(List<String> words, List<String> offered) {
    boolean[] allowed = new boolean[ALL.size()];
    boolean onlyListed = words.stream().anyMatch(word -> "!<>".indexOf(word.charAt(0)) < 0);
    java.util.Arrays.fill(allowed, !onlyListed);
    for (String word : words) {
      apply(word.toUpperCase(Locale.ROOT), allowed);
    }
    List<String> found = new ArrayList<>();
    for (int i = ALL.size() - 1; i >= 0; i--) {
      if (allowed[i] && offered.contains(JSSE.get(i))) {
        found.add(JSSE.get(i));
      }
    }
    return found;
  }

  private static void apply(String word, boolean[] allowed) {
    if (word.startsWith(">=") || word.startsWith("<=")) {
      int bound = index(word.substring(2));
      for (int i = 0; bound >= 0 && i < allowed.length; i++) {
        boolean outside = word.charAt(0) == '>' ? i < bound : i > bound;
        if (outside) {
          allowed[i] = false;
        }
      }
    } else if (word.startsWith("!")) {
      int excluded = index(word.substring(1));
      if (excluded >= 0) {
        allowed[excluded] = false;
      }
    } else {
      int listed = index(word);
      if (listed >= 0) {
        allowed[listed] = true;
      }
    }
  }

  private static int index(String name) {
    return ALL.indexOf(name.equals("TLSV1.0") ? "TLSV1" : name);
  }
}

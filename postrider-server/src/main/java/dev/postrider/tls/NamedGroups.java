package dev.postrider.tls;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The groups for the exchange of keys in the order in which they are offered ({@code
 * tls_eecdh_auto_curves} and {@code tls_ffdhe_auto_groups}), by Java's names. Functions only.
 */
public final class NamedGroups {
  private static final Set<String> KNOWN =
      Set.of(
          "x25519",
          "x448",
          "secp256r1",
          "secp384r1",
          "secp521r1",
          "ffdhe2048",
          "ffdhe3072",
          "ffdhe4096",
          "ffdhe6144",
          "ffdhe8192");

  private NamedGroups() {}

  /**
   * Those of a list that Java has; others are left out, as a list may be written for several
   * versions of a library.
   */
  public static List<String> of(List<String> names) {
    List<String> groups = new ArrayList<>();
    for (String name : names) {
      String lower = name.toLowerCase(Locale.ROOT);
      String group =
          switch (lower) {
            case "prime256v1", "p-256" -> "secp256r1";
            case "p-384" -> "secp384r1";
            case "p-521" -> "secp521r1";
            default -> lower;
          };
      if (KNOWN.contains(group) && !groups.contains(group)) {
        groups.add(group);
      }
    }
    return groups;
  }
}

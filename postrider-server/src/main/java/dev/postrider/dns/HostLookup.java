package dev.postrider.dns;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Where the addresses of a host may come from, in order: {@code smtp_host_lookup}. */
public enum HostLookup {
  /**
   * The DNS. A name that it does not have, but the hosts file of this machine has, is taken from
   * there: the only alternative were to fail mail to a host that the administrator named.
   */
  DNS,
  /** What every program of this machine would find: {@code getaddrinfo}. */
  NATIVE;

  /** Reads a list such as {@code dns, native}; words that mean nothing are left out. */
  public static List<HostLookup> parse(List<String> words) {
    List<HostLookup> found = new ArrayList<>();
    for (String word : words) {
      switch (word.toLowerCase(Locale.ROOT)) {
        case "dns" -> found.add(DNS);
        case "native" -> found.add(NATIVE);
        default -> {}
      }
    }
    return found.isEmpty() ? List.of(DNS) : List.copyOf(found);
  }
}

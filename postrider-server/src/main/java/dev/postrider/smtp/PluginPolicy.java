package dev.postrider.smtp;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a program that answers for {@code smtp_tls_policy_maps} tells of the recipient domain's own
 * policy, from which the rest of its answer follows. Immutable.
 *
 * @param type {@code sts} or {@code no-policy-found}
 * @param domain whose policy it is, or null
 * @param ttl seconds for which it is good; negative if not told
 * @param strings the policy's lines
 * @param patterns the names of servers that it allows
 * @param failure why there is no policy that could be used, as TLSRPT names it, or null
 */
record PluginPolicy(
    String type,
    @Nullable String domain,
    long ttl,
    List<String> strings,
    List<String> patterns,
    @Nullable String failure) {
  PluginPolicy {
    strings = List.copyOf(strings);
    patterns = List.copyOf(patterns);
  }

  boolean isSts() {
    return type.equalsIgnoreCase("sts");
  }

  /** Whether it names the servers that mail may go to. */
  boolean namesServers() {
    return isSts() && !patterns.isEmpty();
  }

  /** Whether one of its patterns allows a server (RFC 8461 §4.1). */
  boolean allows(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    for (String pattern : patterns) {
      String wanted = pattern.toLowerCase(Locale.ROOT);
      if (wanted.equals(name)) {
        return true;
      }
      int dot = name.indexOf('.');
      if (wanted.startsWith("*.")
          && dot > 0
          && name.substring(dot + 1).equals(wanted.substring(2))) {
        return true;
      }
    }
    return false;
  }
}

package dev.postrider.smtp;

import dev.postrider.smtp.TlsRuleParser.BadRuleException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Gathers the attributes of a {@link PluginPolicy}. For one entry and one thread. */
final class PluginAttributes {
  private static final List<String> TYPES = List.of("sts", "no-policy-found");

  private static final List<String> FAILURES =
      List.of(
          "sts-policy-fetch-error",
          "sts-policy-invalid",
          "sts-webpki-invalid",
          "validation-failure");

  private @Nullable String type;
  private @Nullable String domain;
  private @Nullable String failure;
  private long ttl = -1;
  private final List<String> strings = new ArrayList<>();
  private final List<String> patterns = new ArrayList<>();

  /** Whether an attribute is one of them; the value is kept then. */
  boolean take(String name, String value) throws BadRuleException {
    switch (name) {
      case "policy_type" -> {
        once(name, type);
        if (!TYPES.contains(value.toLowerCase(Locale.ROOT))) {
          throw bad(name, value, "use " + String.join(", ", TYPES));
        }
        type = value.toLowerCase(Locale.ROOT);
      }
      case "policy_domain" -> {
        once(name, domain);
        domain = value;
      }
      case "policy_ttl" -> {
        if (ttl >= 0) {
          throw new BadRuleException("attribute 'policy_ttl' stands there twice");
        }
        if (!value.matches("[0-9]{1,18}")) {
          throw bad(name, value, "use a number of seconds");
        }
        ttl = Long.parseLong(value);
      }
      case "policy_string" -> strings.add(value);
      case "mx_host_pattern" -> patterns.add(value);
      case "policy_failure" -> {
        once(name, failure);
        if (!FAILURES.contains(value)) {
          throw bad(name, value, "use " + String.join(", ", FAILURES));
        }
        failure = value;
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** The whole, or null if there is none. */
  @Nullable PluginPolicy policy() throws BadRuleException {
    if (type != null) {
      return new PluginPolicy(type, domain, ttl, strings, patterns, failure);
    }
    if (domain != null
        || failure != null
        || ttl >= 0
        || !strings.isEmpty()
        || !patterns.isEmpty()) {
      throw new BadRuleException(
          "policy_ttl, policy_domain, policy_string, mx_host_pattern and policy_failure mean nothing"
              + " without policy_type");
    }
    return null;
  }

  private static void once(String name, @Nullable Object before) throws BadRuleException {
    if (before != null) {
      throw new BadRuleException("attribute '" + name + "' stands there twice");
    }
  }

  private static BadRuleException bad(String name, String value, String why) {
    return new BadRuleException("attribute '" + name + "=" + value + "': " + why);
  }
}

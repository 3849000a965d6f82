package dev.postrider.smtp;

import dev.postrider.tls.Pins;
import dev.postrider.tls.TlsLevel;
import dev.postrider.tls.TrustFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads one entry of {@code smtp_tls_policy_maps}: a level, then attributes. An attribute that
 * cannot be read is an error: it may have asked for more protection. For one thread, used once.
 */
final class TlsRuleParser {
  private final Fingerprints fingerprints;
  private TlsLevel level = TlsLevel.NONE;
  private @Nullable String grade;
  private @Nullable List<String> protocols;
  private @Nullable List<String> excluded;
  private @Nullable List<String> match;
  private Pins pins = Pins.NONE;
  private @Nullable String serverName;
  private @Nullable Boolean reuse;
  private final boolean enforcesPatterns;
  private final PluginAttributes plugin = new PluginAttributes();

  /** An entry that cannot be used, and why. */
  static final class BadRuleException extends Exception {
    private static final long serialVersionUID = 1;

    private final String reason;

    BadRuleException(String reason) {
      super(reason);
      this.reason = reason;
    }

    String reason() {
      return reason;
    }
  }

  /**
   * @param enforcesPatterns whether a server must have one of the names of a policy by MTA-STS,
   *     instead of any server a certificate for one of those names
   */
  TlsRuleParser(Fingerprints fingerprints, boolean enforcesPatterns) {
    this.fingerprints = fingerprints;
    this.enforcesPatterns = enforcesPatterns;
  }

  TlsRule parse(String value) throws BadRuleException {
    String[] words = value.strip().split("[,\\s]+");
    if (words[0].isEmpty()) {
      throw new BadRuleException("the entry is empty: write a level first");
    }
    String word = words[0];
    level =
        TlsLevel.parse(word)
            .orElseThrow(
                () -> new BadRuleException("unknown or unsupported TLS policy '" + word + "'"));
    for (int i = 1; i < words.length && level != TlsLevel.NONE; i++) {
      int equals = words[i].indexOf('=');
      if (equals <= 0) {
        throw new BadRuleException("malformed attribute '" + words[i] + "'");
      }
      attribute(
          words[i].substring(0, equals).toLowerCase(Locale.ROOT), words[i].substring(equals + 1));
    }
    PluginPolicy plugin = this.plugin.policy();
    boolean byServer = enforcesPatterns && match != null && plugin != null && plugin.namesServers();
    return new TlsRule(
        level,
        true,
        grade,
        protocols,
        excluded,
        byServer ? List.of("hostname") : match,
        pins,
        serverName,
        reuse,
        plugin);
  }

  private void attribute(String name, String value) throws BadRuleException {
    switch (name) {
      case "ciphers" -> {
        once(name, grade);
        grade = notEmpty(name, value);
      }
      case "protocols" -> {
        once(name, protocols);
        protocols = List.of(value.split(":"));
      }
      case "servername" -> {
        once(name, serverName);
        serverName = hostName(value);
      }
      case "exclude" -> {
        once(name, excluded);
        excluded = List.of(value.split(":"));
      }
      case "match" -> match(notEmpty(name, value));
      case "tafile" -> trustFile(notEmpty(name, value));
      case "connection_reuse" ->
          reuse =
              switch (value.toLowerCase(Locale.ROOT)) {
                case "yes" -> true;
                case "no" -> false;
                default -> throw bad(name, value, "use yes or no");
              };
      case "enable_rpk" -> {
        // Java has no raw public keys: certificates are used, as with "no".
        if (!value.equalsIgnoreCase("yes") && !value.equalsIgnoreCase("no")) {
          throw bad(name, value, "use yes or no");
        }
      }
      default -> {
        if (!plugin.take(name, value)) {
          throw new BadRuleException("invalid attribute name '" + name + "'");
        }
      }
    }
  }

  private void match(String value) throws BadRuleException {
    if (level == TlsLevel.FINGERPRINT) {
      pins = pins.and(fingerprints.parse(List.of(value.split("\\|"))));
    } else if (level.usesAuthorities()) {
      List<String> all = match == null ? new ArrayList<>() : new ArrayList<>(match);
      for (String one : value.split(":")) {
        if (!one.isEmpty()) {
          all.add(one);
        }
      }
      match = all;
    } else {
      throw notAtThisLevel("match");
    }
  }

  private void trustFile(String value) throws BadRuleException {
    if (!level.usesAuthorities()) {
      throw notAtThisLevel("tafile");
    }
    try {
      pins = pins.and(TrustFile.read(Path.of(value)));
    } catch (IOException e) {
      throw bad("tafile", value, "it cannot be read: " + e.getMessage());
    }
  }

  private static String hostName(String value) throws BadRuleException {
    if (!value.matches("[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?")) {
      throw bad("servername", value, "not a host name");
    }
    return value;
  }

  private BadRuleException notAtThisLevel(String name) {
    return new BadRuleException(
        "attribute '" + name + "' means nothing at the level '" + level.word() + "'");
  }

  private static void once(String name, @Nullable Object before) throws BadRuleException {
    if (before != null) {
      throw new BadRuleException("attribute '" + name + "' stands there twice");
    }
  }

  private static String notEmpty(String name, String value) throws BadRuleException {
    if (value.isEmpty()) {
      throw new BadRuleException("attribute '" + name + "' has no value");
    }
    return value;
  }

  private static BadRuleException bad(String name, String value, String why) {
    return new BadRuleException("attribute '" + name + "=" + value + "': " + why);
  }
}

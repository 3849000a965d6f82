package dev.postrider.sts;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a domain says about TLS of mail to it (RFC 8461 §3.2). Immutable.
 *
 * @param maxAge how long it may be kept, at most a year
 * @param mx patterns of the names that its servers have: a name, or {@code *.domain}
 * @param text as it was fetched
 */
public record StsPolicy(Mode mode, Duration maxAge, List<String> mx, String text) {
  /** What follows from a server that does not fit. */
  public enum Mode {
    /** No mail to it. */
    ENFORCE,
    /** Nothing; the domain wants to hear of it. */
    TESTING,
    /** There is no policy any more. */
    NONE
  }

  private static final long MAX_AGE = 31_557_600;

  public StsPolicy {
    mx = List.copyOf(mx);
  }

  /** A text that is no policy. */
  public static final class BadPolicyException extends Exception {
    private static final long serialVersionUID = 1;

    BadPolicyException(String why) {
      super(why);
    }
  }

  /**
   * Reads one; fields that are not known mean nothing, and of two that are the same the first
   * counts.
   */
  public static StsPolicy parse(String text) throws BadPolicyException {
    String version = null;
    String mode = null;
    String maxAge = null;
    List<String> mx = new ArrayList<>();
    for (String line : text.lines().toList()) {
      int colon = line.indexOf(':');
      if (colon < 0) {
        continue;
      }
      String value = line.substring(colon + 1).strip();
      switch (line.substring(0, colon).strip()) {
        case "version" -> version = version == null ? value : version;
        case "mode" -> mode = mode == null ? value : mode;
        case "max_age" -> maxAge = maxAge == null ? value : maxAge;
        case "mx" -> mx.add(value.toLowerCase(Locale.ROOT));
        default -> {}
      }
    }
    if (!"STSv1".equals(version)) {
      throw new BadPolicyException("version is not STSv1");
    }
    Mode read = mode(mode);
    if (read != Mode.NONE && mx.isEmpty()) {
      throw new BadPolicyException("no mx");
    }
    return new StsPolicy(read, age(maxAge), mx, text);
  }

  private static Mode mode(@Nullable String word) throws BadPolicyException {
    return switch (word) {
      case "enforce" -> Mode.ENFORCE;
      case "testing" -> Mode.TESTING;
      case "none" -> Mode.NONE;
      case null -> throw new BadPolicyException("no mode");
      default -> throw new BadPolicyException("unknown mode " + word);
    };
  }

  private static Duration age(@Nullable String digits) throws BadPolicyException {
    if (digits == null || !digits.matches("[0-9]{1,10}")) {
      throw new BadPolicyException("no max_age that is a number");
    }
    return Duration.ofSeconds(Math.min(Long.parseLong(digits), MAX_AGE));
  }

  /** Whether a server's name fits one of the patterns (§4.1): a star is one label. */
  public boolean fits(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    name = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    int dot = name.indexOf('.');
    for (String pattern : mx) {
      if (pattern.startsWith("*.")
          ? dot > 0 && name.substring(dot).equals(pattern.substring(1))
          : pattern.equals(name)) {
        return true;
      }
    }
    return false;
  }
}

package dev.postrider.account;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All limits of an account; all of them hold. Immutable.
 *
 * @param all at least one
 */
public record AccountLimits(List<Limit> all) {
  private static final Pattern WORD =
      Pattern.compile("(rate|messages|recipients)=([0-9]{1,12})/([0-9]{1,7})([smhd])");
  private static final Duration LONGEST = Duration.ofDays(31);

  public AccountLimits {
    all = List.copyOf(all);
  }

  /**
   * Reads {@code rate=30/1m messages=500/1d recipients=2000/1d}, in any order.
   *
   * @throws IllegalArgumentException that says what can be written
   */
  public static AccountLimits parse(String text) {
    List<Limit> all = new ArrayList<>();
    for (String word : text.strip().split("[,\\s]+")) {
      all.add(limit(word));
    }
    return new AccountLimits(all);
  }

  private static Limit limit(String word) {
    Matcher matcher = WORD.matcher(word);
    if (matcher.matches()) {
      long count = Long.parseLong(matcher.group(3));
      Duration span =
          switch (matcher.group(4)) {
            case "d" -> Duration.ofDays(count);
            case "h" -> Duration.ofHours(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofSeconds(count);
          };
      long most = Long.parseLong(matcher.group(2));
      if (most > 0 && span.isPositive() && span.compareTo(LONGEST) <= 0) {
        Limit.Kind kind =
            switch (matcher.group(1)) {
              case "rate" -> Limit.Kind.RATE;
              case "messages" -> Limit.Kind.MESSAGES;
              default -> Limit.Kind.RECIPIENTS;
            };
        return new Limit(kind, most, span);
      }
    }
    throw new IllegalArgumentException(
        "\""
            + word
            + "\" is no limit: write rate=30/1m, messages=500/1d or recipients=2000/1d, with at"
            + " least 1 in 1s to 31d");
  }

  /** The longest stretch that any of them looks back. */
  Duration longest() {
    return all.stream().map(Limit::span).max(Duration::compareTo).orElseThrow();
  }

  /** How many recipients a message may have at most. */
  int mostRecipients(int wanted) {
    long most = wanted;
    for (Limit each : all) {
      most = each.kind() == Limit.Kind.RECIPIENTS ? Math.min(most, each.most()) : most;
    }
    return (int) most;
  }

  /** The smallest limit of recipients. */
  public Limit ofRecipients() {
    return all.stream()
        .filter(each -> each.kind() == Limit.Kind.RECIPIENTS)
        .min(Comparator.comparingLong(Limit::most))
        .orElse(all.getFirst());
  }

  /** As tables have them. */
  @Override
  public String toString() {
    return String.join(" ", all.stream().map(Limit::toString).toList());
  }
}

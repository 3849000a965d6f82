package dev.postrider.account;

import java.time.Duration;

/**
 * How much an account may send in any stretch of time of one length. Immutable.
 *
 * @param kind what is counted
 * @param most at least 1
 * @param span 1 second to 31 days
 */
public record Limit(Kind kind, long most, Duration span) {
  /** What is counted. */
  public enum Kind {
    /** Messages; who reaches it waits for a moment, and goes by no other account. */
    RATE("rate"),
    /** Messages. */
    MESSAGES("messages"),
    /** Recipients of messages. */
    RECIPIENTS("recipients");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /** As tables have it. */
    public String word() {
      return word;
    }
  }

  private static final Duration MOST_SLACK = Duration.ofSeconds(1);

  /** What counts for this limit. */
  long of(long messages, long recipients) {
    return kind == Kind.RECIPIENTS ? recipients : messages;
  }

  /** How much later than the earliest moment a message is called, as sending takes time too. */
  Duration slack() {
    Duration part = span.dividedBy(50);
    return part.compareTo(MOST_SLACK) < 0 ? part : MOST_SLACK;
  }

  /** As tables have it: {@code messages=500/1d}. */
  @Override
  public String toString() {
    return kind.word() + "=" + most + "/" + print(span);
  }

  private static String print(Duration span) {
    long seconds = span.toSeconds();
    if (seconds % 86_400 == 0) {
      return seconds / 86_400 + "d";
    }
    if (seconds % 3_600 == 0) {
      return seconds / 3_600 + "h";
    }
    return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}

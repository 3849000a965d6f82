package dev.postrider.failure;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How the queue treats mail that failed in some way. */
public sealed interface Treatment {
  /** As the reply says: 4yz waits, 5yz goes back. */
  record AsReplied() implements Treatment {}

  /**
   * It waits, whatever the reply says.
   *
   * @param pace until the next attempt; null is the usual time
   */
  record Defer(@Nullable Duration pace) implements Treatment {}

  /** All mail of the account waits for that long; without an account, this message does. */
  record RestAccount(Duration pace) implements Treatment {}

  /** After few tries the account is not used until somebody has mended it. */
  record HoldAccount() implements Treatment {}

  /** The message is put on hold until the configuration changes or somebody releases it. */
  record HoldMessage() implements Treatment {}

  /** It waits, and its destination gets less at once. */
  record SlowDown() implements Treatment {}

  /** It goes back to the sender, whatever the reply says. */
  record Bounce() implements Treatment {}

  /** Whether the mail stays in the queue although the server may have said never. */
  default boolean keeps() {
    return !(this instanceof AsReplied) && !(this instanceof Bounce);
  }

  /** What becomes of the mail, as a clause for people; empty if the reply alone decides. */
  default String sentence() {
    return switch (this) {
      case AsReplied _, Bounce _ -> "";
      case Defer(var pace) -> pace == null ? "the mail waits" : "tried again after " + words(pace);
      case RestAccount(var pace) -> "the account rests for " + words(pace);
      case HoldAccount _ -> "after few tries the account is held; its mail is kept";
      case HoldMessage _ -> "the message is kept on hold until that is mended";
      case SlowDown _ -> "less is sent there at once";
    };
  }

  private static String words(Duration time) {
    return time.toMinutes() % 60 == 0 ? time.toHours() + " h" : time.toMinutes() + " min";
  }

  /** Reads what rules have after {@code queue}; empty if it is none. */
  static Optional<Treatment> parse(String text) {
    String[] words = text.split(" +");
    if (words.length == 2) {
      Optional<Duration> pace = pace(words[1]);
      return switch (words[0]) {
        case "defer" -> pace.map(Defer::new);
        case "account" -> pace.map(RestAccount::new);
        default -> Optional.empty();
      };
    }
    return switch (text) {
      case "reply" -> Optional.of(new AsReplied());
      case "defer" -> Optional.of(new Defer(null));
      case "hold-account" -> Optional.of(new HoldAccount());
      case "hold-message" -> Optional.of(new HoldMessage());
      case "slow" -> Optional.of(new SlowDown());
      case "bounce" -> Optional.of(new Bounce());
      default -> Optional.empty();
    };
  }

  private static Optional<Duration> pace(String text) {
    int end = text.length() - 1;
    if (end < 1 || end > 4 || !text.substring(0, end).chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    long count = Long.parseLong(text.substring(0, end));
    Duration pace =
        switch (text.charAt(end)) {
          case 'm' -> Duration.ofMinutes(count);
          case 'h' -> Duration.ofHours(count);
          case 'd' -> Duration.ofDays(count);
          default -> Duration.ZERO;
        };
    return pace.isPositive() && pace.compareTo(Duration.ofDays(7)) <= 0
        ? Optional.of(pace)
        : Optional.empty();
  }
}

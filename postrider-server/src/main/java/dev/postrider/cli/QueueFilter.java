package dev.postrider.cli;

import dev.postrider.control.QueueEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Which messages and which of their recipients somebody asks for. Immutable. */
final class QueueFilter {
  private static final Set<String> OPTIONS =
      Set.of("--sender", "--recipient", "--domain", "--reason", "--older", "--queue");
  private static final Set<String> QUEUES =
      Set.of("incoming", "active", "deferred", "hold", "maildrop");

  private final List<Predicate<QueueEntry>> messages;
  private final List<Predicate<QueueEntry.Waiting>> recipients;

  private QueueFilter(
      List<Predicate<QueueEntry>> messages, List<Predicate<QueueEntry.Waiting>> recipients) {
    this.messages = List.copyOf(messages);
    this.recipients = List.copyOf(recipients);
  }

  static QueueFilter all() {
    return new QueueFilter(List.of(), List.of());
  }

  static boolean isOption(String option) {
    return OPTIONS.contains(option);
  }

  /**
   * One condition more.
   *
   * @throws IllegalArgumentException with a sentence, for a value that makes no sense
   */
  QueueFilter with(String option, String value, Instant now) {
    return switch (option) {
      case "--sender" -> {
        Pattern pattern = pattern(value.equals("<>") ? "" : value);
        yield withMessage(entry -> pattern.matcher(entry.sender()).matches());
      }
      case "--recipient" -> {
        Pattern pattern = pattern(value);
        yield withRecipient(each ->
            pattern.matcher(each.address()).matches()
                || pattern.matcher(each.original()).matches());
      }
      case "--domain" -> withRecipient(each -> domain(each.address()).equalsIgnoreCase(value));
      case "--reason" -> {
        String part = value.toLowerCase(Locale.ROOT);
        yield withRecipient(each -> each.reason().toLowerCase(Locale.ROOT).contains(part));
      }
      case "--older" -> {
        Instant latest = now.minus(age(value));
        yield withMessage(entry -> !entry.arrival().isAfter(latest));
      }
      case "--queue" -> {
        if (!QUEUES.contains(value)) {
          throw new IllegalArgumentException(
              "--queue " + value + ": use incoming, active, deferred, hold or maildrop");
        }
        yield withMessage(entry -> entry.queue().equals(value));
      }
      default -> throw new IllegalArgumentException(option + ": there is no such option");
    };
  }

  private QueueFilter withMessage(Predicate<QueueEntry> condition) {
    List<Predicate<QueueEntry>> more = new ArrayList<>(messages);
    more.add(condition);
    return new QueueFilter(more, recipients);
  }

  private QueueFilter withRecipient(Predicate<QueueEntry.Waiting> condition) {
    List<Predicate<QueueEntry.Waiting>> more = new ArrayList<>(recipients);
    more.add(condition);
    return new QueueFilter(messages, more);
  }

  /** Whether the message is asked for, and one of its recipients. */
  boolean matches(QueueEntry entry) {
    return messages.stream().allMatch(each -> each.test(entry))
        && (recipients.isEmpty() || entry.recipients().stream().anyMatch(this::matches));
  }

  boolean matches(QueueEntry.Waiting recipient) {
    return recipients.stream().allMatch(each -> each.test(recipient));
  }

  static String domain(String address) {
    return address.substring(address.lastIndexOf('@') + 1);
  }

  private static Pattern pattern(String text) {
    StringBuilder expression = new StringBuilder();
    for (String part : text.split("\\*", -1)) {
      expression.append(expression.isEmpty() ? "" : ".*").append(Pattern.quote(part));
    }
    return Pattern.compile(expression.toString(), Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  }

  private static Duration age(String text) {
    int end = text.length() - 1;
    try {
      return switch (text.isEmpty() ? ' ' : text.charAt(end)) {
        case 's' -> Duration.ofSeconds(Long.parseLong(text.substring(0, end)));
        case 'm' -> Duration.ofMinutes(Long.parseLong(text.substring(0, end)));
        case 'h' -> Duration.ofHours(Long.parseLong(text.substring(0, end)));
        case 'd' -> Duration.ofDays(Long.parseLong(text.substring(0, end)));
        case 'w' -> Duration.ofDays(Math.multiplyExact(7L, Long.parseLong(text.substring(0, end))));
        default -> throw new NumberFormatException();
      };
    } catch (NumberFormatException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "--older " + text + ": bad time (use a number and s, m, h, d or w)", e);
    }
  }
}

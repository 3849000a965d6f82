package dev.postrider.mailbox;

import java.util.List;
import java.util.Set;

/**
 * The line between two messages of an mbox (RFC 4155). Immutable.
 *
 * @param sender the envelope sender as it stands there
 * @param date the rest, as asctime(3) writes it
 */
public record Separator(String sender, String date) {
  private static final Set<String> DAYS = Set.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");
  private static final Set<String> MONTHS =
      Set.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");
  private static final Separator NONE = new Separator("", "");

  /** The line itself, without a line end. */
  public String line() {
    return "From " + (sender.isEmpty() ? "MAILER-DAEMON" : sender) + "  " + date;
  }

  /**
   * Whether a line parts messages: {@code From }, a sender that may be empty or hold spaces, and a
   * date. A sentence of a letter that begins with From has no date, whoever forgot to quote it.
   */
  static boolean is(String line) {
    return line.startsWith("From ") && dateAt(words(line)) > 0;
  }

  static Separator parse(String line) {
    List<String> words = words(line);
    int at = dateAt(words);
    if (at < 1) {
      return NONE;
    }
    return new Separator(
        String.join(" ", words.subList(1, at)),
        // One space, but two before a day of one digit, as asctime(3) has it.
        line.substring(line.lastIndexOf(words.get(at) + " ")).strip());
  }

  private static List<String> words(String line) {
    return List.of(line.strip().split("[ \t]+"));
  }

  private static int dateAt(List<String> words) {
    for (int i = 1; i + 3 < words.size(); i++) {
      if (DAYS.contains(words.get(i))
          && MONTHS.contains(words.get(i + 1))
          && words.get(i + 2).chars().allMatch(Character::isDigit)
          && words.get(i + 3).indexOf(':') > 0) {
        return i;
      }
    }
    return -1;
  }
}

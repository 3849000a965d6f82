package dev.postrider.control;

import dev.postrider.account.AccountState;
import dev.postrider.failure.Advice;
import dev.postrider.failure.FailureRules;
import dev.postrider.io.Printable;
import java.io.PrintStream;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints the queue as Postfix's {@code postqueue -p} and {@code -j} do. For one thread. */
public final class QueueListing {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss", Locale.US);

  /** Where a reason ends with its parentheses, unless it is longer. */
  private static final int REASON_COLUMN = 78;

  private final PrintStream out;
  private final boolean longIds;
  private final ZoneId zone;
  private final Causes causes;
  private final List<String> notes = new ArrayList<>();
  private long count;
  private long bytes;

  /**
   * @param longIds whether the columns are those of long queue ids
   */
  public QueueListing(PrintStream out, boolean longIds, ZoneId zone) {
    this(out, longIds, zone, FailureRules.none());
  }

  /**
   * @param rules say what the reasons mean
   */
  public QueueListing(PrintStream out, boolean longIds, ZoneId zone, FailureRules rules) {
    this.causes = new Causes(rules);
    this.out = out;
    this.longIds = longIds;
    this.zone = zone;
  }

  /** What a person must do before mail goes out again, above everything else. */
  public void alarm(AccountState state) {
    causes.alarm(state, out);
  }

  /** One message of the table; the heading comes before the first. */
  public void row(QueueEntry entry) {
    if (count == 0) {
      out.println(
          longIds
              ? "----Queue ID----- --Size-- ---Arrival Time---- --Sender/Recipient------"
              : "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------");
    } else {
      out.println();
    }
    count++;
    bytes += entry.size();
    String status =
        switch (entry.queue()) {
          case "active" -> "*";
          case "hold" -> "!";
          default -> "";
        };
    status += entry.expired() ? "#" : "";
    String size = Long.toString(entry.size());
    if (longIds) {
      line(pad(entry.id() + status, 17), left(size, 8), time(entry), sender(entry));
    } else {
      line(pad(entry.id() + status, 11), left(size, 7), pad(time(entry), 20), sender(entry));
    }
    recipients(entry);
    causes.count(entry);
  }

  private void recipients(QueueEntry entry) {
    String last = "";
    for (QueueEntry.Waiting waiting : entry.recipients()) {
      if (!waiting.reason().equals(last)) {
        String reason = waiting.reason().isEmpty() ? "(reason unavailable)" : waiting.reason();
        if (!waiting.reason().isEmpty()) {
          reason = "(" + reason + ")";
        }
        out.println(left(reason, REASON_COLUMN));
        last = waiting.reason();
      }
      if (longIds) {
        line(pad("", 17), left("", 8), pad("", 19), waiting.address());
      } else {
        line(pad("", 11), left("", 7), pad("", 20), waiting.address());
      }
    }
  }

  /** A sentence for the end of the table, before its last line. */
  public void note(String sentence) {
    notes.add(sentence);
  }

  /** What the reasons mean, and the last line of the table, which programs look for there. */
  public void summary() {
    if (count == 0) {
      out.println("Mail queue is empty");
    } else {
      out.println();
      causes.print(out);
      notes.forEach(note -> out.println("-- account " + Printable.of(note)));
      out.println(
          "-- " + bytes / 1024 + " Kbytes in " + count + " Request" + (count == 1 ? "." : "s."));
    }
  }

  private static void failure(StringBuilder line, Advice advice) {
    line.append(", \"failure_rule\": ");
    quote(line, advice.rule());
    line.append(", \"failure_what\": ");
    quote(line, advice.what());
    line.append(", \"failure_who\": ");
    quote(line, advice.who().word());
    line.append(", \"failure_do\": ");
    quote(line, advice.remedy());
  }

  /**
   * One message as a line of JSON, keys and separators as Postfix 3.11 has them; with keys that
   * begin {@code failure_} of our own.
   */
  public void json(QueueEntry entry) {
    StringBuilder line = new StringBuilder(256);
    line.append("{\"queue_name\": ");
    quote(line, entry.queue());
    line.append(", \"queue_id\": ");
    quote(line, entry.id());
    line.append(", \"arrival_time\": ").append(entry.arrival().getEpochSecond());
    line.append(", \"message_size\": ").append(entry.size());
    line.append(", \"forced_expire\": ").append(entry.expired()).append(", \"sender\": ");
    quote(line, sender(entry));
    line.append(", \"recipients\": [");
    String separator = "";
    for (QueueEntry.Waiting waiting : entry.recipients()) {
      line.append(separator).append("{\"orig_address\": ");
      quote(line, waiting.original());
      line.append(", \"address\": ");
      quote(line, waiting.address());
      if (!waiting.reason().isEmpty()) {
        line.append(", \"delay_reason\": ");
        quote(line, waiting.reason());
      }
      causes.of(entry, waiting).ifPresent(advice -> failure(line, advice));
      line.append('}');
      separator = ", ";
    }
    out.println(line.append("]}"));
  }

  private static String sender(QueueEntry entry) {
    return entry.sender().isEmpty() ? "MAILER-DAEMON" : entry.sender();
  }

  private void line(String id, String size, String time, String address) {
    out.println(id + " " + size + " " + time + " " + Printable.of(address));
  }

  private String time(QueueEntry entry) {
    ZonedDateTime time = entry.arrival().atZone(zone);
    String text = TIME.format(time);
    // The day of the month has two columns, as ctime(3) prints it.
    return time.getDayOfMonth() < 10 ? text.substring(0, 8) + " " + text.substring(8) : text;
  }

  private static String pad(String text, int width) {
    return text.length() >= width ? text : text + " ".repeat(width - text.length());
  }

  private static String left(String text, int width) {
    return text.length() >= width ? text : " ".repeat(width - text.length()) + text;
  }

  private static void quote(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ' || c == 127) {
            out.append("\\u00").append(Character.forDigit(c >> 4, 16));
            out.append(Character.forDigit(c & 15, 16));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}

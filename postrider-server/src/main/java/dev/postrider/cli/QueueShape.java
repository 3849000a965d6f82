package dev.postrider.cli;

import dev.postrider.control.QueueEntry;
import dev.postrider.io.Printable;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A table of what waits: a row a domain, the largest first, a column an age, each twice the one
 * before, as qshape(1) has it. For one thread.
 */
final class QueueShape {
  /** Minutes; the last column is for what is older. */
  private static final int[] AGES = {5, 10, 20, 40, 80, 160, 320, 640, 1280};

  private static final int COLUMNS = AGES.length + 2;
  private static final int MOST_ROWS = 10_000;
  private static final String OTHERS = "(others)";

  private final Instant now;
  private final boolean senders;
  private final long[] total = new long[COLUMNS];
  private final Map<String, long[]> rows = new HashMap<>();

  QueueShape(Instant now, boolean senders) {
    this.now = now;
    this.senders = senders;
  }

  void add(QueueEntry entry, QueueFilter filter) {
    int column = column(Duration.between(entry.arrival(), now).toMinutes());
    if (senders) {
      count(entry.sender().isEmpty() ? "MAILER-DAEMON" : entry.sender(), column);
      return;
    }
    for (QueueEntry.Waiting each : entry.recipients()) {
      if (filter.matches(each)) {
        count(each.address(), column);
      }
    }
  }

  private void count(String address, int column) {
    String domain = QueueFilter.domain(address).toLowerCase(Locale.ROOT);
    // A million domains are no table for a person, and must not fill the memory.
    String key = rows.size() < MOST_ROWS || rows.containsKey(domain) ? domain : OTHERS;
    long[] row = rows.computeIfAbsent(key, _ -> new long[COLUMNS]);
    row[0]++;
    row[column]++;
    total[0]++;
    total[column]++;
  }

  private static int column(long minutes) {
    int column = 1;
    for (int age : AGES) {
      if (minutes < age) {
        return column;
      }
      column++;
    }
    return column;
  }

  void print(PrintStream out) {
    List<Map.Entry<String, long[]>> sorted = new ArrayList<>(rows.entrySet());
    sorted.sort(
        Map.Entry.<String, long[]>comparingByValue((a, b) -> Long.compare(b[0], a[0]))
            .thenComparing(Map.Entry.comparingByKey()));
    int width = "TOTAL".length();
    for (Map.Entry<String, long[]> each : sorted) {
      width = Math.max(width, each.getKey().length());
    }
    width = Math.min(width, 60);
    int digits = Math.max(5, Long.toString(total[0]).length());
    List<String> heading = new ArrayList<>(List.of("T"));
    for (int age : AGES) {
      heading.add(Integer.toString(age));
    }
    heading.add(AGES[AGES.length - 1] + "+");
    line(out, "", heading, width, digits);
    line(out, "TOTAL", texts(total), width, digits);
    for (Map.Entry<String, long[]> each : sorted) {
      line(out, Printable.of(each.getKey()), texts(each.getValue()), width, digits);
    }
  }

  private static List<String> texts(long[] numbers) {
    List<String> texts = new ArrayList<>(numbers.length);
    for (long each : numbers) {
      texts.add(Long.toString(each));
    }
    return texts;
  }

  private static void line(
      PrintStream out, String name, List<String> columns, int width, int digits) {
    StringBuilder line = new StringBuilder(" ".repeat(Math.max(0, width - name.length())) + name);
    for (String column : columns) {
      line.append(' ').append(" ".repeat(Math.max(0, digits - column.length()))).append(column);
    }
    out.println(line);
  }
}

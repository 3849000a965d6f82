package dev.postrider.account;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The file of what accounts sent: a line for each message, added at its end. A process that is
 * killed loses nothing of it; a power cut may cost the last lines, and so a few messages too many
 * for the provider. Written anew when it is long. For one thread at a time.
 */
final class UseFile {
  private static final String FILE = "account-use";
  private static final String HEAD = "postrider-account-use 1";
  private static final int FIELDS = 5;
  private static final int MOST_LINES = 20_000;
  private static final Duration OLDEST = Duration.ofDays(31);

  private final Path path;
  private final StateFile whole;
  private final Consumer<String> warnings;
  private int lines;
  private boolean begun;
  private boolean warned;

  UseFile(Path dataDirectory, Consumer<String> warnings) {
    this.path = dataDirectory.resolve(FILE);
    this.whole = new StateFile(path, HEAD);
    this.warnings = warnings;
  }

  /** Reads it; a line that is cut short or no line of ours is skipped. */
  void read(Instant now, BiConsumer<AccountName, Sent> to) {
    try {
      List<List<String>> rows = whole.read();
      lines = rows.size();
      for (List<String> row : rows) {
        read(row, now, to);
      }
    } catch (IOException e) {
      warnings.accept(
          path
              + ": cannot be read, so what accounts sent before counts no more: "
              + e.getMessage());
    }
  }

  private static void read(List<String> row, Instant now, BiConsumer<AccountName, Sent> to) {
    try {
      if (row.size() == FIELDS) {
        Instant time = Instant.ofEpochMilli(Long.parseLong(row.get(0)));
        // A moment to come was written by a clock that was ahead.
        Instant real = time.isAfter(now) ? now : time;
        if (real.isAfter(now.minus(OLDEST))) {
          to.accept(
              new AccountName(row.get(1), row.get(2)),
              new Sent(real, Long.parseLong(row.get(3)), Long.parseLong(row.get(4))));
        }
      }
    } catch (NumberFormatException _) {
      // The end of a line that a power cut has torn.
    }
  }

  /**
   * Adds a line.
   *
   * @param all everything that is known, this line too
   */
  void append(AccountName name, Sent one, Supplier<Map<AccountName, List<Sent>>> all) {
    try {
      if (!begun || lines >= MOST_LINES) {
        List<List<String>> rows = new ArrayList<>();
        all.get().forEach((each, sent) -> sent.forEach(s -> rows.add(row(each, s))));
        whole.write(rows);
        begun = true;
        // With so much alive it is to grow by as much again before it is written anew.
        lines = Math.max(0, rows.size() - MOST_LINES / 2);
        return;
      }
      try (FileChannel channel =
          FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
        ByteBuffer line =
            ByteBuffer.wrap(
                (String.join("\t", row(name, one)) + "\n").getBytes(StandardCharsets.UTF_8));
        while (line.hasRemaining()) {
          int _ = channel.write(line);
        }
      }
      lines++;
    } catch (IOException e) {
      begun = false;
      if (!warned) {
        warned = true;
        warnings.accept(
            path
                + ": cannot be written, so a restart forgets what accounts sent: "
                + e.getMessage());
      }
    }
  }

  private static List<String> row(AccountName name, Sent one) {
    return List.of(
        String.valueOf(one.time().toEpochMilli()),
        plain(name.login()),
        plain(name.server()),
        String.valueOf(one.messages()),
        String.valueOf(one.recipients()));
  }

  private static String plain(String text) {
    return text.replaceAll("[\\p{Cntrl}]", " ");
  }
}

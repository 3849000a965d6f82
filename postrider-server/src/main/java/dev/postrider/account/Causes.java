package dev.postrider.account;

import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which causes of failures people were told of, so that they are told once a day of each, also when
 * the mail system starts anew for every message. Kept in {@code data_directory/causes}; safe on any
 * thread.
 */
public final class Causes {
  private static final String FILE = "causes";
  private static final String HEAD = "postrider-causes 1";
  private static final Duration SPAN = Duration.ofDays(1);
  private static final int MOST = 1000;

  private final InstantSource clock;
  private final @Nullable StateFile file;
  private final Consumer<String> warnings;
  private final Map<String, Instant> told = new LinkedHashMap<>();

  private Causes(InstantSource clock, @Nullable StateFile file, Consumer<String> warnings) {
    this.clock = clock;
    this.file = file;
    this.warnings = warnings;
  }

  /** Forgets everything at its end. */
  public static Causes inMemory(InstantSource clock) {
    return new Causes(clock, null, _ -> {});
  }

  /**
   * Reads what is known.
   *
   * @param warnings hears of a file that cannot be read or written
   */
  public static Causes open(Path dataDirectory, InstantSource clock, Consumer<String> warnings) {
    Path place = dataDirectory.resolve(FILE);
    StateFile file = new StateFile(place, HEAD);
    Causes causes = new Causes(clock, file, warnings);
    try {
      for (List<String> row : file.read()) {
        if (row.size() == 2) {
          causes.told.put(row.getFirst(), Instant.parse(row.getLast()));
        }
      }
    } catch (IOException | DateTimeException e) {
      warnings.accept(place + ": cannot be read, so people may be told again: " + e.getMessage());
    }
    return causes;
  }

  /** Whether people are to be told of a cause now; whoever asks tells them. */
  public synchronized boolean isNew(String cause) {
    Instant now = clock.instant();
    // A moment to come was written by a clock that was ahead.
    told.values().removeIf(each -> each.isAfter(now) || !now.isBefore(each.plus(SPAN)));
    if (told.containsKey(cause) || told.size() >= MOST) {
      return false;
    }
    told.put(cause, now);
    save();
    return true;
  }

  private void save() {
    if (file == null) {
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    told.forEach((cause, when) -> rows.add(List.of(cause, when.toString())));
    try {
      file.write(rows);
    } catch (IOException e) {
      warnings.accept(
          "what people were told cannot be written, so a restart tells them again: "
              + e.getMessage());
    }
  }
}

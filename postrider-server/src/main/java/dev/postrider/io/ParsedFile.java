package dev.postrider.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is in a small file that is asked for often and changes seldom, such as {@code /etc/passwd}:
 * read again only when the kernel says that the file is another one or was written to. Safe on any
 * thread.
 *
 * @param <T> immutable
 */
final class ParsedFile<T> {
  /** Within that time two changes may bear the same time, so what was read cannot be relied on. */
  private static final Duration CLOCK_STEP = Duration.ofSeconds(1);

  private final Path path;
  private final Function<List<String>, T> parser;
  private volatile @Nullable Known<T> known;

  /** What was in the file when it looked so. */
  private record Known<T>(FileFacts facts, T value) {}

  /**
   * Reads nothing yet.
   *
   * @param parser gets the lines, an octet a character; none of a file that is not there
   */
  ParsedFile(Path path, Function<List<String>, T> parser) {
    this.path = path;
    this.parser = parser;
  }

  T value() throws IOException {
    try {
      FileFacts now = FileFacts.of(path);
      Known<T> before = known;
      if (before != null && before.facts().equals(now)) {
        return before.value();
      }
      T value = parser.apply(Files.readAllLines(path, StandardCharsets.ISO_8859_1));
      boolean settled = now.modified().isBefore(Instant.now().minus(CLOCK_STEP));
      known = settled ? new Known<>(now, value) : null;
      return value;
    } catch (NoSuchFileException _) {
      return parser.apply(List.of());
    }
  }

  /** A parser: each line split at its colons. The arrays are not to be changed. */
  static List<String[]> fields(List<String> lines) {
    return lines.stream().map(line -> line.split(":", -1)).toList();
  }
}

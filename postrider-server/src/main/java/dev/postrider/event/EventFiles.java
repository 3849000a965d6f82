package dev.postrider.event;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The files of an event log: {@code 0000000042.jsonl}, the greatest number is the newest. */
final class EventFiles {
  private static final String SUFFIX = ".jsonl";
  private static final int DIGITS = 10;

  /** One file. */
  record Numbered(long number, Path path) {}

  private EventFiles() {}

  /** Where a queue has its event log. */
  static Path directory(Path queueDirectory) {
    return queueDirectory.resolve("events");
  }

  /** All of them, oldest first; none if there is no such directory. */
  static List<Numbered> list(Path directory) throws IOException {
    List<Numbered> found = new ArrayList<>();
    try (Stream<Path> names = Files.list(directory)) {
      for (Path path : (Iterable<Path>) names::iterator) {
        Path name = path.getFileName();
        long number = name == null ? -1 : number(name.toString());
        if (number >= 0) {
          found.add(new Numbered(number, path));
        }
      }
    } catch (NoSuchFileException _) {
      return List.of();
    } catch (java.io.UncheckedIOException e) {
      throw e.getCause();
    }
    found.sort(Comparator.comparingLong(Numbered::number));
    return found;
  }

  private static long number(String name) {
    if (name.length() != DIGITS + SUFFIX.length() || !name.endsWith(SUFFIX)) {
      return -1;
    }
    for (int i = 0; i < DIGITS; i++) {
      if (name.charAt(i) < '0' || name.charAt(i) > '9') {
        return -1;
      }
    }
    return Long.parseLong(name.substring(0, DIGITS));
  }

  static Path file(Path directory, long number) {
    return directory.resolve("%010d".formatted(number) + SUFFIX);
  }
}

package dev.postrider.table;

import java.io.IOException;
import java.util.Optional;

/**
 * {@code unix:passwd.byname} and {@code unix:group.byname}: the users or the groups of this
 * machine; the value is the line that passwd(5) or group(5) describes.
 *
 * @param fold whether a key is asked for in lower case
 */
record AccountTable(String name, boolean fold, Lines lines) implements LookupTable {
  /** Finds a line by its first field. */
  @FunctionalInterface
  interface Lines {
    Optional<String> find(String name) throws IOException, InterruptedException;
  }

  @Override
  public Lookup lookup(String key) {
    try {
      return lines
          .find(fold ? Keys.fold(key) : key)
          .map(line -> (Lookup) new Lookup.Found(line))
          .orElseGet(Lookup.NotFound::new);
    } catch (IOException e) {
      return new Lookup.Unavailable(name + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Lookup.Unavailable(name + ": interrupted");
    }
  }
}

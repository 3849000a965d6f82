package dev.postrider.io;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/** Finds the numbers of this machine's groups. Safe on any thread. */
public final class Groups {
  private final Accounts accounts = new Accounts();

  /**
   * Finds the number of a group.
   *
   * @param name not a number
   * @return empty when there surely is no such group
   * @throws IOException when nobody knows
   */
  public OptionalLong find(String name) throws IOException, InterruptedException {
    if (!name.matches("[A-Za-z_][^:\\s/]*")) {
      return OptionalLong.empty();
    }
    Optional<String> line = accounts.group(name);
    return line.isPresent() ? number(line.get()) : OptionalLong.empty();
  }

  /** A line of group(5). */
  private static OptionalLong number(String line) throws IOException {
    String[] fields = line.split(":", -1);
    try {
      return OptionalLong.of(Long.parseLong(fields.length > 2 ? fields[2] : ""));
    } catch (NumberFormatException e) {
      throw new IOException("group database: not an entry: \"" + line + "\"", e);
    }
  }
}

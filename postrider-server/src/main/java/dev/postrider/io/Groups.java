package dev.postrider.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Finds the groups of this machine: in {@code /etc/group}, and through getent(1) wherever else the
 * machine keeps them. Safe on any thread.
 */
public final class Groups {
  private static final ParsedFile<List<String[]>> GROUP =
      new ParsedFile<>(Path.of("/etc/group"), ParsedFile::fields);
  private static final Path GETENT = Path.of("/usr/bin/getent");
  private static final long PATIENCE_SECONDS = 30;
  private static final int NOT_FOUND = 2;

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
    for (String[] fields : GROUP.value()) {
      if (fields[0].equals(name)) {
        return number(fields);
      }
    }
    return Files.isExecutable(GETENT) ? ask(name) : OptionalLong.empty();
  }

  private static OptionalLong ask(String name) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(GETENT.toString(), "group", name)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(GETENT + ": no answer within " + PATIENCE_SECONDS + " seconds");
      }
      if (process.exitValue() == NOT_FOUND) {
        return OptionalLong.empty();
      }
      if (process.exitValue() != 0) {
        throw new IOException(GETENT + ": exit code " + process.exitValue());
      }
      byte[] output = process.getInputStream().readNBytes(65_536);
      String line = new String(output, StandardCharsets.ISO_8859_1).lines().findFirst().orElse("");
      return number(line.split(":", -1));
    } finally {
      process.destroy();
    }
  }

  /** A line of group(5). */
  private static OptionalLong number(String[] fields) throws IOException {
    try {
      return OptionalLong.of(Long.parseLong(fields.length > 2 ? fields[2] : ""));
    } catch (NumberFormatException e) {
      throw new IOException(
          "group database: not an entry: \"" + String.join(":", fields) + "\"", e);
    }
  }
}

package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** One rotation of {@code maillog_file}: the old file is put aside and compressed. */
final class LogRotation {
  /**
   * Commands that log at the same moment may have the old file open; they look at its name before
   * each line, so that one which has just looked is done by then.
   */
  private static final Duration LAST_LINES = Duration.ofSeconds(1);

  private final Path file;
  private final Path aside;
  private final String compressor;

  /**
   * @throws IOException if date(1) does not like {@code maillog_file_rotate_suffix}
   */
  LogRotation(Config config) throws IOException, InterruptedException {
    String name = config.text("maillog_file");
    this.file = Path.of(name);
    this.aside = Path.of(name + "." + run("date", "+" + config.text("maillog_file_rotate_suffix")));
    this.compressor = config.text("maillog_file_compressor");
  }

  /** Renames the file; who has it open still writes to it. */
  void moveAway() throws IOException {
    try {
      Files.move(file, aside);
    } catch (IOException e) {
      throw new IOException("rename " + file + " to " + aside + ": " + ConfigFiles.reason(e), e);
    }
  }

  /** Compresses what was put aside, once nobody writes to it any more. */
  void compress() throws IOException, InterruptedException {
    Thread.sleep(LAST_LINES);
    String _ = run(compressor, aside.toString());
  }

  /** Runs a program and returns what it said; if it fails, that is the reason. */
  private static String run(String program, String argument)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(List.of(program, argument)).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IOException(said.isEmpty() ? program + " failed on " + argument : said);
    }
    return said;
  }
}

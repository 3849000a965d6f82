package dev.postrider.doctor;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.MasterConfig;
import dev.postrider.table.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** An installation in a directory of a test, with a main.cf of real lines. */
final class Installation {
  static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

  final Path directory;
  private final StringBuilder main = new StringBuilder();

  Installation(Path directory) {
    this.directory = directory;
    main(
        "compatibility_level = 3.6",
        "myhostname = host.home.test",
        "mydestination = $myhostname, localhost",
        "alias_maps = hash:" + directory.resolve("aliases"),
        "queue_directory = " + directory.resolve("q"),
        "data_directory = " + directory.resolve("data"));
  }

  Installation main(String... lines) {
    for (String line : lines) {
      main.append(line).append('\n');
    }
    return this;
  }

  Installation file(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
    return this;
  }

  Subject subject() throws IOException, ConfigException {
    return subject("-c " + directory);
  }

  Subject subject(String option) throws IOException, ConfigException {
    Files.writeString(directory.resolve("main.cf"), main);
    return new Subject(Config.load(directory), new MasterConfig(List.of(), List.of()), option);
  }

  static Tables tables(Subject subject) {
    return new Tables(subject.config(), (severity, process, text) -> {});
  }

  /** What a check says, a line for each finding: severity, id, sentence and remedy. */
  static String said(Check check) throws IOException, InterruptedException {
    StringBuilder text = new StringBuilder();
    for (Finding finding : check.look()) {
      text.append(finding.severity().word())
          .append(' ')
          .append(finding.id())
          .append(": ")
          .append(finding.what())
          .append(" | ")
          .append(finding.mend())
          .append('\n');
    }
    return text.toString();
  }
}

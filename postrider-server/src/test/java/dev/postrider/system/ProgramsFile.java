package dev.postrider.system;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The table of {@code programs.txt}, which describes its form. */
final class ProgramsFile {
  private static final String LONG = "lang ".repeat(999) + "länge";

  /**
   * One program.
   *
   * @param says lines of its mail; the first is in no other mail
   * @param words why its message is not the same as with another mail command, or null
   * @param run a script for sh
   */
  record Program(
      String name, List<String> needs, List<String> says, @Nullable String words, String run) {
    /** The first file that is not there, or nothing. */
    String missing() {
      return needs.stream()
          .filter(file -> !Files.isExecutable(Path.of(file)))
          .findFirst()
          .orElse("");
    }
  }

  private ProgramsFile() {}

  static List<Program> read() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(ProgramsFile.class.getResourceAsStream("programs.txt"))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return List.of(text.replace("@LONG@", LONG).split("(?m)^program ")).stream()
          .skip(1)
          .map(ProgramsFile::program)
          .toList();
    }
  }

  private static Program program(String text) {
    List<String> needs = new ArrayList<>();
    List<String> says = new ArrayList<>();
    @Nullable String words = null;
    StringBuilder run = new StringBuilder();
    String[] lines = text.split("\n");
    for (String line : List.of(lines).subList(1, lines.length)) {
      String[] parts = line.split(" ", 2);
      switch (parts[0]) {
        case "" -> run.append(line.length() < 2 ? "" : line.substring(2)).append('\n');
        case "needs" -> needs.add(parts[1]);
        case "says" -> says.add(parts[1]);
        case "words" -> words = parts[1];
        case "run", "#" -> {}
        default -> throw new IllegalArgumentException(lines[0] + ": unknown: " + line);
      }
    }
    return new Program(lines[0], needs, says, words, run.toString());
  }
}

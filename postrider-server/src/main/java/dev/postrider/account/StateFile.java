package dev.postrider.account;

import dev.postrider.io.ActingAs;
import dev.postrider.io.DirectoryOwner;
import dev.postrider.io.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A small file of lines with tabs between fields, replaced as a whole at each change; mode 0600.
 * For one thread at a time.
 */
final class StateFile {
  private final Path file;
  private final Path directory;
  private final String head;

  /**
   * @param file in a directory; what root does there is done with the rights of its owner
   * @param head its first line, which names its format
   */
  StateFile(Path file, String head) {
    this.file = file;
    this.directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
    this.head = head;
  }

  /** Its lines' fields; none if there is no such file, or it is of another format. */
  List<List<String>> read() throws IOException {
    List<String> lines;
    try {
      lines = asOwner(() -> Files.readAllLines(file));
    } catch (NoSuchFileException _) {
      return List.of();
    }
    List<List<String>> rows = new ArrayList<>();
    if (!lines.isEmpty() && lines.getFirst().equals(head)) {
      for (String line : lines.subList(1, lines.size())) {
        rows.add(List.of(line.split("\t", -1)));
      }
    }
    return rows;
  }

  /** Takes the place of what was there; survives a power cut as one or the other. */
  void write(List<List<String>> rows) throws IOException {
    StringBuilder text = new StringBuilder(head).append('\n');
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        text.append(i == 0 ? "" : "\t").append(row.get(i).replaceAll("[\\p{Cntrl}]", " "));
      }
      text.append('\n');
    }
    byte[] contents = text.toString().getBytes(StandardCharsets.UTF_8);
    asOwner(() -> {
      WholeFile.replace(file, contents);
      return true;
    });
  }

  private <T> T asOwner(ActingAs.Work<T> work) throws IOException {
    try {
      return DirectoryOwner.run(directory, work);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new IOException(file + ": interrupted");
    }
  }
}

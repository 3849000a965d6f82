package dev.postrider.migrate;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where foreign configurations are looked for. Immutable.
 *
 * @param root what stands for {@code /}: another for a disk that is mounted somewhere
 * @param from the file or directory that the person named instead of the usual place, if any
 * @param home of whoever asks, where programs have settings of a user; below {@code root}
 */
public record Sources(Path root, Optional<Path> from, Path home) {
  /** Configurations are small; a larger file is none. */
  private static final int LARGEST = 4 << 20;

  private static final int MOST_LINES = 100_000;

  /**
   * A line of a file.
   *
   * @param text without its line end, which may be of DOS
   */
  record Line(Place place, String text) {}

  /** A name of the machine, below the root. */
  Path at(String absolute) {
    return root.resolve(absolute.substring(1));
  }

  /** A name as a user's file has it: {@code ~/} stands for the home directory. */
  String expanded(String file) {
    return file.startsWith("~/") ? home.resolve(file.substring(2)).toString() : file;
  }

  /** A directory that the person may have named, or the usual one. */
  Path directory(String usual) {
    return from.orElseGet(() -> at(usual));
  }

  /** A file that the person may have named, in person or by its directory, or the usual one. */
  Path file(String usualDirectory, String name) {
    Path named = directory(usualDirectory);
    return from.isPresent() && !Files.isDirectory(named) ? named : named.resolve(name);
  }

  /**
   * The lines of a file, noted as a source.
   *
   * @return empty if there is no such file
   * @throws ForeignFileException if it cannot be read, and what to do
   */
  Optional<List<Line>> lines(Path file, Migration migration) throws ForeignFileException {
    Optional<String> text = text(file);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    migration.source(file);
    List<Line> lines = new ArrayList<>();
    for (String line : text.get().split("\n", -1)) {
      if (lines.size() == MOST_LINES) {
        throw new ForeignFileException(
            file + ": more than " + MOST_LINES + " lines are no configuration");
      }
      String plain = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
      lines.add(new Line(new Place(file, lines.size() + 1), plain));
    }
    return Optional.of(lines);
  }

  /** The same without blank lines and comments, each stripped. */
  Optional<List<Line>> statements(Path file, Migration migration) throws ForeignFileException {
    return lines(file, migration)
        .map(all ->
            all.stream()
                .map(line -> new Line(line.place(), line.text().strip()))
                .filter(line -> !line.text().isEmpty() && line.text().charAt(0) != '#')
                .toList());
  }

  /** The first line that is not blank, stripped; empty without file or line. */
  Optional<Line> first(Path file, Migration migration) throws ForeignFileException {
    return lines(file, migration)
        .flatMap(all ->
            all.stream()
                .filter(line -> !line.text().isBlank())
                .findFirst()
                .map(line -> new Line(line.place(), line.text().strip())));
  }

  private static Optional<String> text(Path file) throws ForeignFileException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LARGEST + 1);
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (AccessDeniedException e) {
      throw new ForeignFileException(file + ": permission denied (ask as root)", e);
    } catch (IOException e) {
      throw new ForeignFileException(file + ": cannot be read: " + e.getMessage(), e);
    }
    if (bytes.length > LARGEST) {
      throw new ForeignFileException(
          file + ": more than " + LARGEST + " octets are no configuration");
    }
    int start = bytes.length >= 3 && bytes[0] == (byte) 0xef && bytes[1] == (byte) 0xbb ? 3 : 0;
    ByteBuffer octets = ByteBuffer.wrap(bytes, start, bytes.length - start);
    try {
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(octets).toString());
    } catch (CharacterCodingException _) {
      return Optional.of(
          new String(bytes, start, bytes.length - start, StandardCharsets.ISO_8859_1));
    }
  }
}

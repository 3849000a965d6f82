package dev.postrider.migrate;

import java.nio.file.Path;

/**
 * Where something was read. Immutable.
 *
 * @param file as a person finds it
 * @param line from 1; 0 for the file as a whole
 */
public record Place(Path file, int line) {
  @Override
  public String toString() {
    return line == 0 ? file.toString() : file + ":" + line;
  }
}

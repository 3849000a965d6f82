package dev.postrider.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A private directory for what is tried before it is written, which goes away also when the person
 * breaks the command off. For one thread.
 */
final class SetupPlace implements AutoCloseable {
  private final Path directory;
  private final Thread rescue;

  private SetupPlace(Path directory) {
    this.directory = directory;
    this.rescue = new Thread(() -> delete(directory), "remove what was tried");
  }

  static SetupPlace create() throws IOException {
    SetupPlace place =
        new SetupPlace(
            Files.createTempDirectory(
                "postrider-setup",
                PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rwx------"))));
    Runtime.getRuntime().addShutdownHook(place.rescue);
    return place;
  }

  Path directory() {
    return directory;
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(rescue);
    } catch (IllegalStateException _) {
      // The command is being broken off: the rescue is under way.
      return;
    }
    delete(directory);
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("what was tried may be left in " + directory, e);
    }
  }
}

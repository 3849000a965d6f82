package dev.postrider.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A private directory for what is tried before it is written, which goes away also when the person
 * breaks the command off. One that a killed setup left, with a password in it, goes with the next.
 * For one thread.
 */
final class SetupPlace implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("postrider-setup-([0-9]{1,10})-.*");

  private final Path directory;
  private final Thread rescue;

  private SetupPlace(Path directory) {
    this.directory = directory;
    this.rescue = new Thread(() -> delete(directory), "remove what was tried");
  }

  static SetupPlace create() throws IOException {
    Path directory =
        Files.createTempDirectory(
            "postrider-setup-" + ProcessHandle.current().pid() + "-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    SetupPlace place = new SetupPlace(directory);
    Runtime.getRuntime().addShutdownHook(place.rescue);
    deleteLeft(directory);
    return place;
  }

  /** Deletes what setups of the same person left beside a new directory, whose process is gone. */
  private static void deleteLeft(Path own) {
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(own.resolveSibling(""), "postrider-setup-*")) {
      for (Path each : all) {
        if (isLeft(each, Files.getOwner(own))) {
          delete(each);
        }
      }
    } catch (IOException | UncheckedIOException _) {
      // Another setup sees to it at the same time, or the next one does; this one needs it not.
    }
  }

  private static boolean isLeft(Path directory, UserPrincipal owner) throws IOException {
    Matcher name = NAME.matcher(directory.getFileName().toString());
    return name.matches()
        && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()
        && Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
        && Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).equals(owner);
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

package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.DefaultFiles;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The files of a new instance, and their end. For one call. */
final class InstanceFiles {
  /** What all instances have in common: as the primary says, if it says anything. */
  private static final List<String> SHARED =
      List.of(
          "command_directory",
          "daemon_directory",
          "meta_directory",
          "mail_owner",
          "setgid_group",
          "sendmail_path",
          "mailq_path",
          "newaliases_path",
          "html_directory",
          "manpage_directory",
          "sample_directory",
          "readme_directory",
          "shlib_directory");

  /** What the mail system makes in a queue directory, with all that is in it. */
  private static final List<String> WHOLE = List.of("spool", "events", "pid");

  /** Where others may have put something: removed only when empty, but for our own sockets. */
  private static final List<String> EMPTY = List.of("maildrop", "public", "private");

  /** The same in a data directory. */
  private static final List<String> OWN_DATA = List.of("helper", "own", "vacation", "explain");

  private final Invocation call;
  private final Config primary;

  InstanceFiles(Invocation call, Config primary) {
    this.call = call;
    this.primary = primary;
  }

  /**
   * Makes the directories and the two configuration files, from the templates in {@code
   * meta_directory} or else the built-in ones. The new instance listens nowhere and takes no local
   * mail until its owner says what it is for. master.cf comes last: with it, the instance is
   * complete.
   *
   * @throws IOException naming what could not be made
   */
  void make(MailInstance instance) throws IOException {
    Path directory = Path.of(instance.configDirectory());
    directory(directory, "rwxr-xr-x");
    directory(Path.of(instance.queueDirectory()), "rwxr-xr-x");
    directory(Path.of(instance.dataDirectory()), "rwx------");
    Path temporary = directory.resolve(".tmp");
    delete(temporary);
    directory(temporary, "rwx------");
    copy("main.cf", DefaultFiles.mainCf(), temporary);
    List<String> own = new ArrayList<>(List.of("-e"));
    own.add("queue_directory = " + instance.queueDirectory());
    own.add("data_directory = " + instance.dataDirectory());
    own.add("authorized_submit_users =");
    own.add("master_service_disable = inet");
    List<String> byDefault = new ArrayList<>(List.of("-#"));
    for (String name : SHARED) {
      String value = primary.isSet(name) ? primary.written(name) : "";
      if (value == null || value.isEmpty()) {
        byDefault.add(name);
      } else {
        own.add(name + " = " + value);
      }
    }
    if (postconf(call, temporary, byDefault.toArray(String[]::new)) != 0
        || postconf(call, temporary, own.toArray(String[]::new)) != 0) {
      throw new IOException("cannot write " + temporary.resolve("main.cf"));
    }
    copy("master.cf", DefaultFiles.masterCf(), temporary);
    for (String file : List.of("main.cf", "master.cf")) {
      Files.move(
          temporary.resolve(file), directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    delete(temporary);
  }

  private void copy(String name, String builtIn, Path directory) throws IOException {
    Path template = Path.of(primary.text("meta_directory"), name + ".proto");
    Path file = directory.resolve(name);
    if (Files.isRegularFile(template)) {
      Files.copy(template, file, StandardCopyOption.COPY_ATTRIBUTES);
    } else {
      Files.writeString(file, builtIn);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }
  }

  private static void directory(Path directory, String mode) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory);
      // What the umask took away, or left.
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
    }
  }

  /**
   * Removes what the mail system made; where something else is, the directory stays and is named.
   */
  void remove(MailInstance instance, Consumer<String> warnings) throws IOException {
    Path queue = Path.of(instance.queueDirectory());
    for (String name : WHOLE) {
      delete(queue.resolve(name));
    }
    for (String socket : List.of("public/control", "public/pickup")) {
      Files.deleteIfExists(queue.resolve(socket));
    }
    for (String name : EMPTY) {
      removeIfEmpty(queue.resolve(name), warnings);
    }
    Path data = Path.of(instance.dataDirectory());
    for (String name : OWN_DATA) {
      delete(data.resolve(name));
    }
    removeIfEmpty(data, warnings);
    removeIfEmpty(queue, warnings);
    Path directory = Path.of(instance.configDirectory());
    for (String file : List.of("master.cf", "main.cf", ".postrider-handover", ".postrider-edit")) {
      Files.deleteIfExists(directory.resolve(file));
    }
    removeIfEmpty(directory, warnings);
  }

  private static void removeIfEmpty(Path directory, Consumer<String> warnings) throws IOException {
    try {
      Files.delete(directory);
    } catch (NoSuchFileException e) {
      // Never made, perhaps.
      return;
    } catch (DirectoryNotEmptyException e) {
      warnings.accept(directory + ": please verify contents and remove by hand");
    }
  }

  private static void delete(Path top) throws IOException {
    if (!Files.exists(top, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> found = Files.walk(top)) {
      for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  /** Runs postconf(1) on a configuration directory; returns its exit code. */
  static int postconf(Invocation call, Path directory, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("-c", directory.toString()));
    all.addAll(List.of(arguments));
    return new Postconf().run(call.as("postconf", all));
  }
}

package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.DefaultFiles;
import dev.postrider.config.MainFile;
import dev.postrider.io.Printable;
import dev.postrider.migrate.Migration;
import dev.postrider.migrate.Password;
import dev.postrider.migrate.PostfixConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes an imported configuration into a directory: each file is whole or not there, main.cf comes
 * last, and what is replaced is kept under another name. For one call.
 */
final class ConfigWriter {
  /** What says where this instance is, and not what it does: it stays when main.cf is replaced. */
  private static final Set<String> STAYS =
      Set.of(
          "queue_directory",
          "data_directory",
          "daemon_directory",
          "command_directory",
          "mail_owner",
          "setgid_group",
          "maillog_file",
          "maillog_file_prefixes",
          "maillog_file_compressor",
          "syslog_name",
          "syslog_facility",
          "mail_spool_directory",
          "multi_instance_enable",
          "multi_instance_name",
          "multi_instance_group",
          "multi_instance_directories",
          "multi_instance_wrapper");

  private static final Set<PosixFilePermission> PUBLIC =
      PosixFilePermissions.fromString("rw-r--r--");
  private static final Set<PosixFilePermission> SECRET =
      PosixFilePermissions.fromString("rw-------");
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  private final Invocation call;
  private final Path target;
  private final boolean replace;
  private final Instant now;
  private final Preparation.ConfigCheck check;

  ConfigWriter(
      Invocation call, Path target, boolean replace, Instant now, Preparation.ConfigCheck check) {
    this.call = call;
    this.target = target;
    this.replace = replace;
    this.now = now;
    this.check = check;
  }

  Path target() {
    return target;
  }

  /** Whether there is no main.cf, or one in which nothing is set that a person has to lose. */
  boolean isStock() {
    Path file = target.resolve("main.cf");
    if (!Files.exists(file)) {
      return true;
    }
    try {
      Set<String> names = MainFile.load(file).settings().keySet();
      return Set.of("compatibility_level").containsAll(names);
    } catch (ConfigException e) {
      return false;
    }
  }

  /** Writes it; returns false, having said why, if it may not, or what is written is no good. */
  boolean write(String program, Migration migration) throws IOException {
    Map<String, Content> files = new LinkedHashMap<>();
    migration.tables().forEach((name, lines) -> files.put(name, new Content(text(lines), PUBLIC)));
    if (!migration.passwords().isEmpty()) {
      files.put(
          Migration.PASSWORDS,
          new Content(text(migration.passwords().stream().map(Password::line).toList()), SECRET));
    }
    if (!Files.exists(target.resolve("master.cf"))) {
      files.put("master.cf", new Content(bytes(DefaultFiles.masterCf()), PUBLIC));
    }
    files.put("main.cf", new Content(main(program, migration), PUBLIC));
    return put(files);
  }

  /** Copies Postfix's configuration; returns as {@link #write}. */
  boolean copy(PostfixConfig found) throws IOException {
    Map<String, Content> files = new LinkedHashMap<>();
    for (String table : found.tables()) {
      Path file = found.directory().resolve(table);
      files.put(table, new Content(Files.readAllBytes(file), Files.getPosixFilePermissions(file)));
    }
    found
        .masterFor(target)
        .ifPresent(text -> files.put("master.cf", new Content(bytes(text), PUBLIC)));
    files.put("main.cf", new Content(bytes(found.mainFor(target)), PUBLIC));
    return put(files);
  }

  /** A file to be. Immutable. */
  private static final class Content {
    private final byte[] bytes;
    private final Set<PosixFilePermission> mode;

    Content(byte[] bytes, Set<PosixFilePermission> mode) {
      this.bytes = bytes;
      this.mode = Set.copyOf(mode);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] text(List<String> lines) {
    return bytes(String.join("\n", lines) + "\n");
  }

  private byte[] main(String program, Migration migration) {
    StringBuilder out = new StringBuilder();
    out.append("# Made by \"postrider import ")
        .append(program)
        .append("\" on ")
        .append(now.toString(), 0, 10)
        .append(" from\n");
    for (Path source : migration.sources().stream().distinct().toList()) {
      out.append("#   ").append(Printable.of(source.toString())).append('\n');
    }
    out.append("# \"postconf NAME\" shows a setting, \"postconf -e NAME=VALUE\" changes one.\n\n");
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("compatibility_level", "3.6");
    settings.putAll(staying());
    settings.putAll(migration.settings());
    settings.forEach(
        (name, value) -> out.append((name + " = " + value).stripTrailing()).append('\n'));
    return bytes(out.toString());
  }

  private Map<String, String> staying() {
    Map<String, String> kept = new LinkedHashMap<>();
    try {
      if (Files.exists(target.resolve("main.cf"))) {
        MainFile.load(target.resolve("main.cf"))
            .settings()
            .forEach((name, setting) -> {
              if (STAYS.contains(name)) {
                kept.put(name, setting.value());
              }
            });
      }
    } catch (ConfigException _) {
      // What cannot be read says nothing that could stay; the file itself is kept.
      return kept;
    }
    return kept;
  }

  private boolean put(Map<String, Content> files) throws IOException {
    if (!replace) {
      for (String name : files.keySet()) {
        Path file = target.resolve(name);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
            && !(name.equals("main.cf") && isStock())) {
          call.fatal(
              file
                  + " is there, and it is not replaced without --replace (which keeps it as "
                  + kept(name)
                  + ")");
          return false;
        }
      }
    }
    Files.createDirectories(target);
    for (Map.Entry<String, Content> entry : files.entrySet()) {
      put(entry.getKey(), entry.getValue());
    }
    try (FileChannel directory = FileChannel.open(target, StandardOpenOption.READ)) {
      directory.force(true);
    }
    return isSound();
  }

  private String kept(String name) {
    return name + ".before-import-" + STAMP.format(now);
  }

  private void put(String name, Content content) throws IOException {
    Path file = target.resolve(name);
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      Path old = target.resolve(kept(name));
      // A link as it is: what it leads to is not ours to move.
      Files.copy(file, old, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
      call.out().println("kept " + file + " as " + old.getFileName());
    }
    Path fresh =
        Files.createTempFile(
            target, "." + name, ".new", PosixFilePermissions.asFileAttribute(SECRET));
    try {
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        ByteBuffer buffer = ByteBuffer.wrap(content.bytes);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        Files.setPosixFilePermissions(fresh, content.mode);
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
    call.out().println("wrote " + file);
  }

  private boolean isSound() {
    boolean[] sound = {true};
    try {
      check.check(
          Config.load(target),
          call::warning,
          error -> {
            sound[0] = false;
            call.fatal(error);
          });
    } catch (ConfigException e) {
      sound[0] = false;
      call.fatal(String.valueOf(e.getMessage()));
    }
    call.out()
        .println(
            sound[0]
                ? "Look at it with \"postconf -n\"; \"postfix start\" or \"postfix reload\" puts it to use."
                : "It is written, but the start would refuse it: correct what is said above.");
    return sound[0];
  }
}

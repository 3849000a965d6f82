package dev.postrider.daemon;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.DefaultFiles;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The configuration directory of a container: the files that were mounted, with what the
 * environment says laid over them, in a place that can be written although the root file system
 * cannot. Functions only.
 */
final class ContainerFiles {
  /** Where a program without root's rights may listen everywhere. */
  static final int PORT = 2525;

  private static final String LOGIN = "sasl_passwd.environment";
  private static final Path AUTHORITIES = Path.of("/etc/ssl/certs/ca-certificates.crt");

  private ContainerFiles() {}

  /**
   * Writes it anew.
   *
   * @param mounted where main.cf and other files may be
   * @param directory this user's own; made if it is not there
   * @throws ConfigException if the files and the environment do not go together
   */
  static void write(Path mounted, Path directory, ContainerSettings settings)
      throws IOException, ConfigException {
    makeOwn(directory);
    if (Files.isDirectory(mounted)) {
      try (Stream<Path> files = Files.list(mounted)) {
        for (Path file : files.toList()) {
          take(file, directory.resolve(String.valueOf(file.getFileName())));
        }
      }
    }
    Path main = directory.resolve("main.cf");
    if (!Files.exists(main)) {
      Files.writeString(main, "");
    }
    listener(directory.resolve("master.cf"), settings, mounted);
    Config base = Config.load(directory);
    Map<String, String> lines = new LinkedHashMap<>();
    defaults(directory, settings)
        .forEach((name, value) -> {
          if (!base.isSet(name)) {
            lines.put(name, value);
          }
        });
    lines.putAll(settings.parameters());
    Files.writeString(main, merged(Files.readAllLines(main), lines));
    if (settings.login().isPresent()) {
      ContainerSettings.Login login = settings.login().get();
      Path table = directory.resolve(LOGIN);
      Files.deleteIfExists(table);
      Files.createFile(
          table,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(
          table,
          settings.parameters().get("relayhost")
              + " "
              + login.user()
              + ":"
              + login.password()
              + "\n");
    }
  }

  private static void makeOwn(Path directory) throws IOException {
    try {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      // Of an earlier start of this container; or somebody's trap in a directory of all.
      boolean own =
          Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
              && Files.getOwner(directory).equals(Files.getOwner(Path.of("/proc/self")));
      if (!own) {
        throw new IOException(
            directory + " is not this user's directory: set MAIL_CONFIG to another place", e);
      }
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new IOException(
          "cannot make "
              + directory
              + " for the configuration: mount a tmpfs on its parent (docker run --tmpfs /tmp), or"
              + " set MAIL_CONFIG to a place that can be written",
          e);
    }
  }

  /** main.cf and master.cf are edited, so they are copied; tables stay where they are. */
  private static void take(Path file, Path to) throws IOException {
    String name = String.valueOf(file.getFileName());
    if (name.equals("main.cf") || name.equals("master.cf")) {
      Files.write(to, Files.readAllBytes(file));
    } else if (!name.startsWith(".")) {
      Files.createSymbolicLink(to, file);
    }
  }

  private static void listener(Path master, ContainerSettings settings, Path mounted)
      throws IOException, ConfigException {
    if (Files.exists(master)) {
      if (settings.port().isPresent()) {
        throw new ConfigException(
            "POSTRIDER_PORT: "
                + mounted.resolve("master.cf")
                + " says where to listen; leave one of them out");
      }
      return;
    }
    Files.writeString(
        master,
        DefaultFiles.masterCf()
            .replaceFirst("(?m)^smtp( +inet )", settings.port().orElse(PORT) + "$1"));
  }

  private static Map<String, String> defaults(Path directory, ContainerSettings settings) {
    Map<String, String> defaults = new LinkedHashMap<>();
    defaults.put("compatibility_level", "3.6");
    defaults.put("maillog_file", "/dev/stdout");
    defaults.put("inet_interfaces", "all");
    // Nobody has a mailbox in a container; and only the spool's volume can be written.
    defaults.put("mydestination", "");
    defaults.put("alias_maps", "");
    defaults.put("alias_database", "");
    defaults.put("data_directory", "$queue_directory/data");
    if (settings.login().isPresent()) {
      defaults.put("smtp_sasl_auth_enable", "yes");
      defaults.put("smtp_sasl_password_maps", "texthash:" + directory.resolve(LOGIN));
      defaults.put("smtp_sasl_security_options", "noanonymous");
      defaults.put("smtp_tls_security_level", "secure");
      if (Files.exists(AUTHORITIES)) {
        defaults.put("smtp_tls_CAfile", AUTHORITIES.toString());
      }
      if (settings.parameters().getOrDefault("relayhost", "").endsWith(":465")) {
        defaults.put("smtp_tls_wrappermode", "yes");
      }
    }
    return defaults;
  }

  /** The lines of main.cf without those that give a replaced parameter, and then the new ones. */
  private static String merged(List<String> old, Map<String, String> lines) {
    StringBuilder text = new StringBuilder();
    boolean dropping = false;
    for (String line : old) {
      boolean goesOn = line.startsWith(" ") || line.startsWith("\t");
      boolean comment = line.isBlank() || line.strip().startsWith("#");
      if (!goesOn && !comment) {
        int equals = line.indexOf('=');
        dropping = equals > 0 && lines.containsKey(line.substring(0, equals).strip());
      }
      if (comment || !dropping) {
        text.append(line).append('\n');
      }
    }
    lines.forEach((name, value) -> text.append(name).append(" = ").append(value).append('\n'));
    return text.toString();
  }
}

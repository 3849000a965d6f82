package dev.postrider.log;

import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/** Where the mail log goes. Immutable. */
public sealed interface LogTarget {
  /**
   * A file; {@code /dev/stdout} and {@code /dev/stderr} are this process's own.
   *
   * @param permissions of the file when it is made
   */
  record File(Path path, Set<PosixFilePermission> permissions, LogFormat format)
      implements LogTarget {
    public File {
      permissions = Set.copyOf(permissions);
    }
  }

  /** The system's log by its socket, under a facility. */
  record Syslog(Facility facility) implements LogTarget {}

  /** This process's standard error. */
  record StandardError() implements LogTarget {}

  /** {@code syslog_facility}, with the numbers of RFC 3164 §4.1.1. */
  enum Facility {
    KERN(0),
    USER(1),
    MAIL(2),
    DAEMON(3),
    AUTH(4),
    SYSLOG(5),
    LPR(6),
    NEWS(7),
    UUCP(8),
    CRON(9),
    AUTHPRIV(10),
    FTP(11),
    LOCAL0(16),
    LOCAL1(17),
    LOCAL2(18),
    LOCAL3(19),
    LOCAL4(20),
    LOCAL5(21),
    LOCAL6(22),
    LOCAL7(23);

    final int number;

    Facility(int number) {
      this.number = number;
    }
  }

  /**
   * What main.cf says of a log file.
   *
   * @param file {@code maillog_file}; empty for syslog
   * @param prefixes {@code maillog_file_prefixes}
   * @param permissions {@code maillog_file_permissions}
   * @param format {@code postrider_log_format}
   */
  record FileSettings(String file, List<String> prefixes, String permissions, String format) {
    public FileSettings {
      prefixes = List.copyOf(prefixes);
    }
  }

  /**
   * What the parameters of main.cf mean.
   *
   * @param facility {@code syslog_facility}
   * @throws IllegalArgumentException naming the parameter, the value and what would do
   */
  static LogTarget of(FileSettings settings, String facility) {
    String maillogFile = settings.file();
    LogFormat format = LogFormat.of(settings.format());
    Set<PosixFilePermission> permissions = permissions(settings.permissions());
    if (!maillogFile.isEmpty()) {
      if (settings.prefixes().stream().noneMatch(maillogFile::startsWith)) {
        throw new IllegalArgumentException(
            "maillog_file: \""
                + maillogFile
                + "\" begins with none of maillog_file_prefixes ("
                + String.join(", ", settings.prefixes())
                + "): move the file or add its directory there");
      }
      return new File(Path.of(maillogFile), permissions, format);
    }
    for (Facility known : Facility.values()) {
      if (known.name().equalsIgnoreCase(facility)) {
        return new Syslog(known);
      }
    }
    throw new IllegalArgumentException(
        "syslog_facility: unknown facility \"" + facility + "\" (use mail, daemon, local0 ...)");
  }

  /**
   * The value of {@code maillog_file_permissions}.
   *
   * @throws IllegalArgumentException naming the parameter, the value and what would do
   */
  static Set<PosixFilePermission> permissions(String octal) {
    return switch (octal.startsWith("0") ? octal.substring(1) : octal) {
      case "600" -> PosixFilePermissions.fromString("rw-------");
      case "640" -> PosixFilePermissions.fromString("rw-r-----");
      case "644" -> PosixFilePermissions.fromString("rw-r--r--");
      default ->
          throw new IllegalArgumentException(
              "maillog_file_permissions: \"" + octal + "\" (use 0600, 0640 or 0644)");
    };
  }
}

package dev.postrider.log;

import java.nio.file.Path;
import java.util.List;

/** Where the mail log goes. Immutable. */
public sealed interface LogTarget {
  /** {@code maillog_file}; {@code /dev/stdout} and {@code /dev/stderr} are this process's own. */
  record File(Path path) implements LogTarget {}

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
   * What the parameters of main.cf mean.
   *
   * @param maillogFile {@code maillog_file}; empty for syslog
   * @param prefixes {@code maillog_file_prefixes}
   * @param facility {@code syslog_facility}
   * @throws IllegalArgumentException naming the parameter, the value and what would do
   */
  static LogTarget of(String maillogFile, List<String> prefixes, String facility) {
    if (!maillogFile.isEmpty()) {
      if (prefixes.stream().noneMatch(maillogFile::startsWith)) {
        throw new IllegalArgumentException(
            "maillog_file: \""
                + maillogFile
                + "\" begins with none of maillog_file_prefixes ("
                + String.join(", ", prefixes)
                + "): move the file or add its directory there");
      }
      return new File(Path.of(maillogFile));
    }
    for (Facility known : Facility.values()) {
      if (known.name().equalsIgnoreCase(facility)) {
        return new Syslog(known);
      }
    }
    throw new IllegalArgumentException(
        "syslog_facility: unknown facility \"" + facility + "\" (use mail, daemon, local0 ...)");
  }
}

package dev.postrider.log;

/** {@code Nov 20 09:21:28 host name/process[pid]: text}, as Postfix and RFC 3164 have it. */
final class TextLines implements LineFormat {
  private static final int NO_FACILITY = -1;

  private final LogStamp stamp;
  private final int facility;
  private final String host;
  private final String name;
  private final String pid;

  private TextLines(LogStamp stamp, int facility, String host, String name, long pid) {
    this.stamp = stamp;
    this.facility = facility;
    this.host = host;
    this.name = LogLine.clean(name);
    this.pid = "[" + pid + "]: ";
  }

  /** For a file or a stream. */
  static TextLines ofFile(LogStamp stamp, String host, String name, long pid) {
    return new TextLines(stamp, NO_FACILITY, LogLine.clean(host) + " ", name, pid);
  }

  /** For a syslog daemon: with the priority in front, without the host, which it knows. */
  static TextLines ofSyslog(LogStamp stamp, LogTarget.Facility facility, String name, long pid) {
    return new TextLines(stamp, facility.number, "", name, pid);
  }

  @Override
  public void append(StringBuilder line, MailLog.Severity severity, String process, String text) {
    if (facility != NO_FACILITY) {
      line.append('<').append(facility * 8 + level(severity)).append('>');
    }
    line.append(stamp.now()).append(' ').append(host).append(name);
    if (!process.isEmpty()) {
      line.append('/').append(process);
    }
    line.append(pid);
    LogLine.append(line, severity, text);
  }

  private static int level(MailLog.Severity severity) {
    return switch (severity) {
      case INFO -> 6;
      case WARNING -> 4;
      case ERROR -> 3;
    };
  }
}

package dev.postrider.log;

import java.io.FileDescriptor;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;

/** Opens mail logs. Each open log has a thread of its own until it is closed. */
public final class MailLogs {
  /** Where systems have their log's socket: Linux, then macOS. */
  private static final List<Path> SYSLOG_SOCKETS =
      List.of(Path.of("/dev/log"), Path.of("/var/run/syslog"));

  private final String host;
  private final InstantSource clock;
  private final ZoneId zone;
  private final List<Path> syslogSockets;

  /**
   * For this machine.
   *
   * @param host {@code myhostname}; the first label stands in each line of a file
   */
  public MailLogs(String host, InstantSource clock, ZoneId zone) {
    this(host, clock, zone, SYSLOG_SOCKETS);
  }

  MailLogs(String host, InstantSource clock, ZoneId zone, List<Path> syslogSockets) {
    int dot = host.indexOf('.');
    this.host = dot > 0 ? host.substring(0, dot) : host;
    this.clock = clock;
    this.zone = zone;
    this.syslogSockets = syslogSockets;
  }

  /**
   * Opens a log.
   *
   * @param name {@code syslog_name}: what stands before the process in each line
   * @throws IOException naming the file, if it cannot be written; a system log that is not there is
   *     no error: its lines go to standard error until it is
   */
  public OwnedLog open(LogTarget target, String name) throws IOException {
    long pid = ProcessHandle.current().pid();
    LogStamp stamp = new LogStamp(clock, zone);
    return switch (target) {
      case LogTarget.File file -> {
        LineFormat format =
            switch (file.format()) {
              case TEXT -> TextLines.ofFile(stamp, host, name, pid);
              case JSON -> new JsonLines(clock, zone, host, name, pid);
            };
        yield new QueuedLog(file(file), format, System.err);
      }
      case LogTarget.Syslog(LogTarget.Facility facility) ->
          new QueuedLog(
              new SyslogSink(syslogSocket()),
              TextLines.ofSyslog(stamp, facility, name, pid),
              System.err);
      case LogTarget.StandardError() ->
          new QueuedLog(
              FileSink.standard(FileDescriptor.err),
              TextLines.ofFile(stamp, host, name, pid),
              System.err);
    };
  }

  private static LogSink file(LogTarget.File file) throws IOException {
    Path path = file.path();
    return switch (path.toString()) {
      case "/dev/stdout", "/dev/fd/1" -> FileSink.standard(FileDescriptor.out);
      case "/dev/stderr", "/dev/fd/2" -> FileSink.standard(FileDescriptor.err);
      default -> {
        try {
          yield new FileSink(path, file.permissions());
        } catch (IOException e) {
          throw new IOException("maillog_file: open " + path + ": " + reason(e), e);
        }
      }
    };
  }

  /** Java says of a missing or forbidden file only its name. */
  static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "No such file or directory";
      case AccessDeniedException _ -> "Permission denied";
      default -> String.valueOf(e.getMessage());
    };
  }

  private Path syslogSocket() {
    for (Path path : syslogSockets) {
      if (Files.exists(path)) {
        return path;
      }
    }
    return syslogSockets.getFirst();
  }
}

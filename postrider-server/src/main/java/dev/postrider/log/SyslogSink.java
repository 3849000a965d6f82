package dev.postrider.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sends each line as one datagram to the system's log, in the local form of RFC 3164. */
final class SyslogSink implements LogSink {
  private static final long RETRY_NANOS = 1_000_000_000L;

  private final Path path;
  private final LogTarget.Facility facility;
  private @Nullable UnixDatagramSocket socket;
  private boolean failed;
  private long failedAt;

  SyslogSink(Path path, LogTarget.Facility facility) {
    this.path = path;
    this.facility = facility;
  }

  @Override
  public void head(StringBuilder line, MailLog.Severity severity, String stamp) {
    int level =
        switch (severity) {
          case INFO -> 6;
          case WARNING -> 4;
          case ERROR -> 3;
        };
    line.append('<').append(facility.number * 8 + level).append('>').append(stamp).append(' ');
  }

  @Override
  public void write(List<byte[]> lines) throws IOException {
    if (failed && System.nanoTime() - failedAt < RETRY_NANOS) {
      throw new IOException(path + " is not there");
    }
    int sent = 0;
    try {
      UnixDatagramSocket open = socket;
      if (open == null) {
        open = UnixDatagramSocket.connect(path);
        socket = open;
      }
      for (; sent < lines.size(); sent++) {
        if (!open.send(lines.get(sent))) {
          // The daemon was restarted: its socket is a new one.
          open.close();
          open = UnixDatagramSocket.connect(path);
          socket = open;
          if (!open.send(lines.get(sent))) {
            throw new IOException("cannot send to " + path);
          }
        }
      }
      failed = false;
    } catch (IOException e) {
      close();
      failed = true;
      failedAt = System.nanoTime();
      lines.subList(0, sent).clear();
      throw e;
    }
  }

  @Override
  public void reopen() {
    close();
  }

  @Override
  public void close() {
    if (socket != null) {
      socket.close();
    }
    socket = null;
  }
}

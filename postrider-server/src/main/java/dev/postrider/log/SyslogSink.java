package dev.postrider.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Sends each line as one datagram to the system's log, in the local form of RFC 3164. A log daemon
 * that was there is waited for while it restarts; one that never was is not.
 */
final class SyslogSink implements LogSink {
  private static final long RETRY_NANOS = 1_000_000_000L;
  private static final long RESTART_NANOS = 5_000_000_000L;
  private static final long LOOK_AGAIN_NANOS = 50_000_000L;

  private final Path path;
  private @Nullable UnixDatagramSocket socket;
  private boolean wasThere;
  private boolean failed;
  private long failedAt;

  SyslogSink(Path path) {
    this.path = path;
  }

  @Override
  public void write(List<byte[]> lines) throws IOException {
    if (failed && System.nanoTime() - failedAt < RETRY_NANOS) {
      throw new IOException(path + " is not there");
    }
    int sent = 0;
    try {
      for (; sent < lines.size(); sent++) {
        send(lines.get(sent));
      }
      failed = false;
    } catch (IOException e) {
      close();
      failed = true;
      wasThere = false;
      failedAt = System.nanoTime();
      lines.subList(0, sent).clear();
      throw e;
    }
  }

  private UnixDatagramSocket connected() throws IOException {
    try {
      return UnixDatagramSocket.connect(path);
    } catch (IOException e) {
      throw new IOException(
          e.getMessage()
              + " (start the machine's log daemon, or set maillog_file = /var/log/mail.log)",
          e);
    }
  }

  private void send(byte[] line) throws IOException {
    long start = System.nanoTime();
    while (true) {
      try {
        UnixDatagramSocket open = socket;
        if (open == null) {
          open = connected();
          socket = open;
        }
        if (open.send(line)) {
          wasThere = true;
          return;
        }
        // The daemon was restarted: its socket is a new one.
        close();
        open = connected();
        socket = open;
        if (open.send(line)) {
          return;
        }
        throw new IOException("cannot send to " + path);
      } catch (IOException e) {
        close();
        if (!wasThere || System.nanoTime() - start > RESTART_NANOS) {
          throw e;
        }
        // Whoever logs meanwhile waits for nothing: the queue has room for some seconds.
        LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
      }
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

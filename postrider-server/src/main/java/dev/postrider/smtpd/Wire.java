package dev.postrider.smtpd;

import dev.postrider.bounce.SessionRecord;
import dev.postrider.io.LineReader;
import dev.postrider.io.WriteLimit;
import dev.postrider.mail.reply.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lines in, replies out. Replies to a pipelined group wait here and leave in one write, just before
 * the session waits for more input. For one thread.
 */
final class Wire {
  private static final int MOST_REPLY = 510;
  private static final int BUFFER = 4096;

  private final Connection connection;
  private final OutputStream out;
  private final LineReader lines;
  private final byte[] buffer = new byte[BUFFER];
  private final SessionRecord record;
  private int length;
  private Duration writeTimeout = Duration.ofMinutes(5);
  private @Nullable Deadline deadline;

  /**
   * @param record told of each reply
   */
  Wire(Connection connection, int lineLimit, SessionRecord record) throws IOException {
    this.connection = connection;
    this.record = record;
    this.out = connection.out();
    this.lines = new LineReader(new Timed(connection.in()), lineLimit, this::flush);
  }

  LineReader lines() {
    return lines;
  }

  /** Every read, and every write, from now on may wait this long. */
  void waitPerRead(Duration timeout) throws IOException {
    deadline = null;
    writeTimeout = timeout;
    connection.readTimeout(timeout);
  }

  /**
   * All reads from now on together may wait this long.
   *
   * @param bytesPerSecond what earns a second more, or 0
   */
  void waitAltogether(Duration timeout, int bytesPerSecond) {
    deadline = new Deadline(System.nanoTime() + timeout.toNanos(), bytesPerSecond);
  }

  void send(Reply reply) throws IOException {
    record.answered(reply);
    List<String> texts = reply.lines();
    for (int i = 0; i < texts.size(); i++) {
      line(reply.code(), i == texts.size() - 1 ? ' ' : '-', texts.get(i));
    }
  }

  private void line(int code, char separator, String text) throws IOException {
    int taken = Math.min(text.length(), MOST_REPLY - 4);
    if (length + taken + 6 > BUFFER) {
      flush();
    }
    buffer[length++] = (byte) ('0' + code / 100);
    buffer[length++] = (byte) ('0' + code / 10 % 10);
    buffer[length++] = (byte) ('0' + code % 10);
    buffer[length++] = (byte) separator;
    for (int i = 0; i < taken; i++) {
      char c = text.charAt(i);
      buffer[length++] = (byte) (c >= ' ' && c < 0x7f ? c : '?');
    }
    buffer[length++] = '\r';
    buffer[length++] = '\n';
  }

  /**
   * Sends what waits.
   *
   * @throws StalledException if the client took none of it for too long; the connection is closed
   */
  void flush() throws IOException {
    if (length > 0) {
      int sent = length;
      length = 0;
      try (WriteLimit limit = connection.writeLimit(writeTimeout)) {
        write(sent, limit);
      }
    }
  }

  private void write(int sent, WriteLimit limit) throws IOException {
    try {
      out.write(buffer, 0, sent);
      out.flush();
    } catch (IOException e) {
      if (!limit.over()) {
        throw e;
      }
    }
    // A write that another thread's close cut short may return as if all were well.
    if (limit.over()) {
      throw new StalledException();
    }
  }

  /** The client has stopped reading. */
  static final class StalledException extends IOException {
    private static final long serialVersionUID = 1;
  }

  private static final class Deadline {
    private final int bytesPerSecond;
    private long at;

    Deadline(long at, int bytesPerSecond) {
      this.at = at;
      this.bytesPerSecond = bytesPerSecond;
    }

    Duration left() throws SocketTimeoutException {
      long nanos = at - System.nanoTime();
      if (nanos <= 0) {
        throw new SocketTimeoutException("too slow");
      }
      return Duration.ofNanos(nanos);
    }

    void read(int bytes) {
      if (bytesPerSecond > 0 && bytes > 0) {
        at += bytes * 1_000_000_000L / bytesPerSecond;
      }
    }
  }

  /** The stream from the client, under the deadline there is. */
  private final class Timed extends InputStream {
    private final InputStream in;

    Timed(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      return in.read();
    }

    @Override
    public int read(byte[] target, int offset, int most) throws IOException {
      Deadline limit = deadline;
      if (limit == null) {
        return in.read(target, offset, most);
      }
      connection.readTimeout(limit.left());
      int count = in.read(target, offset, most);
      limit.read(count);
      return count;
    }

    @Override
    public int available() throws IOException {
      return in.available();
    }
  }
}

package dev.postrider.smtpd;

import dev.postrider.bounce.SessionRecord;
import dev.postrider.io.LineReader;
import dev.postrider.io.WaitLimit;
import dev.postrider.mail.reply.Reply;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lines in, replies out. Replies to a pipelined group wait here and leave in one write, just before
 * the session waits for more input. For one thread. Closing it leaves the connection open.
 */
final class Wire implements Closeable {
  private static final int MOST_REPLY = 510;
  private static final int BUFFER = 4096;

  private final OutputStream out;
  private final @Nullable WaitLimit readLimit;
  private final @Nullable WaitLimit writeLimit;
  private final LineReader lines;
  private final byte[] buffer = new byte[BUFFER];
  private final SessionRecord record;
  private int length;
  private long timeoutNanos = Duration.ofMinutes(5).toNanos();
  private @Nullable Deadline deadline;

  /**
   * @param record told of each reply
   */
  Wire(Connection connection, int lineLimit, SessionRecord record) throws IOException {
    this.record = record;
    this.out = connection.out();
    this.lines = new LineReader(new Timed(connection.in()), lineLimit, this::flush);
    this.readLimit = connection.readLimit();
    this.writeLimit = connection.writeLimit();
  }

  LineReader lines() {
    return lines;
  }

  /** Every read, and every write, from now on may wait this long. */
  void waitPerRead(Duration timeout) {
    deadline = null;
    timeoutNanos = timeout.toNanos();
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
      begin(writeLimit, System.nanoTime() + timeoutNanos);
      IOException failure = null;
      try {
        out.write(buffer, 0, sent);
        out.flush();
      } catch (IOException e) {
        failure = e;
      }
      // A write that another thread's close cut short may return as if all were well.
      if (isOver(writeLimit)) {
        throw new StalledException();
      }
      if (failure != null) {
        throw failure;
      }
    }
  }

  private static void begin(@Nullable WaitLimit limit, long deadline) {
    if (limit != null) {
      limit.until(deadline);
    }
  }

  private static boolean isOver(@Nullable WaitLimit limit) {
    return limit != null && limit.ended();
  }

  @Override
  public void close() {
    if (readLimit != null) {
      readLimit.close();
    }
    if (writeLimit != null) {
      writeLimit.close();
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
      long now = System.nanoTime();
      long until = limit == null ? now + timeoutNanos : limit.at;
      if (until - now <= 0) {
        throw new SocketTimeoutException("too slow");
      }
      begin(readLimit, until);
      int count = -1;
      IOException failure = null;
      try {
        count = in.read(target, offset, most);
      } catch (IOException e) {
        failure = e;
      }
      if (isOver(readLimit)) {
        throw new SocketTimeoutException("too slow");
      }
      if (failure != null) {
        throw failure;
      }
      if (limit != null) {
        limit.read(count);
      }
      return count;
    }

    @Override
    public int available() throws IOException {
      return in.available();
    }
  }
}

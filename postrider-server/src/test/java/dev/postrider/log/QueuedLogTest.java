package dev.postrider.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class QueuedLogTest {
  private final LinkedBlockingQueue<String> written = new LinkedBlockingQueue<>();
  private final CountDownLatch died = new CountDownLatch(1);
  private volatile boolean bug = true;

  private final LogSink sink =
      new LogSink() {
        @Override
        public void write(List<byte[]> lines) {
          if (bug) {
            bug = false;
            died.countDown();
            throw new OutOfMemoryError("for the test");
          }
          lines.forEach(line -> written.add(new String(line, StandardCharsets.UTF_8)));
        }

        @Override
        public void reopen() {}

        @Override
        public void close() {}
      };

  @Test
  void aWriterThatMeetsAnErrorGoesOnAndSaysHowMuchIsMissing() throws InterruptedException {
    InstantSource clock = InstantSource.fixed(Instant.EPOCH);
    QueuedLog log =
        new QueuedLog(
            sink,
            TextLines.ofFile(new LogStamp(clock, ZoneOffset.UTC), "host", "postfix", 1),
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
    log.info("smtp", "the first");
    died.await();

    log.info("smtp", "the second");

    assertThat(written.poll(30, TimeUnit.SECONDS))
        .contains(" host postfix/postlogd[1]: warning: 1 lines of this log were lost");
    assertThat(written.poll(30, TimeUnit.SECONDS)).contains("host postfix/smtp[1]: the second");
    log.close();
  }

  /** Ends twice in an error, then takes one line and fails, then works. */
  private final class FailingSink implements LogSink {
    private final Semaphore called = new Semaphore(0);
    private int calls;

    @Override
    public void write(List<byte[]> lines) throws IOException {
      calls++;
      called.release();
      if (calls <= 2) {
        throw new OutOfMemoryError("for the test");
      }
      if (calls == 3) {
        written.add(new String(lines.removeFirst(), StandardCharsets.UTF_8));
        throw new IOException("for the test");
      }
      lines.forEach(line -> written.add(new String(line, StandardCharsets.UTF_8)));
    }

    @Override
    public void reopen() {}

    @Override
    public void close() {}
  }

  @Test
  void everyLostLineIsCountedOnceWhateverFails() throws InterruptedException {
    FailingSink failing = new FailingSink();
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int octet) throws IOException {
            throw new IOException("closed");
          }
        };
    QueuedLog log =
        new QueuedLog(
            failing,
            TextLines.ofFile(
                new LogStamp(InstantSource.fixed(Instant.EPOCH), ZoneOffset.UTC),
                "host",
                "postfix",
                1),
            new PrintStream(broken, true, StandardCharsets.UTF_8));
    for (String text : List.of("the first", "the second", "the third")) {
      log.info("smtp", text);
      failing.called.acquire();
    }

    log.info("smtp", "the fourth");

    assertThat(written.poll(30, TimeUnit.SECONDS)).contains("warning: 2 lines of this log");
    assertThat(written.poll(30, TimeUnit.SECONDS)).contains("warning: 1 lines of this log");
    assertThat(written.poll(30, TimeUnit.SECONDS)).contains("the fourth");
    log.close();
  }
}

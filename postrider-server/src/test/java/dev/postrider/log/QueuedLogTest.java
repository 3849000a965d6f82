package dev.postrider.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
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
}

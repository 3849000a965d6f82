package dev.postrider.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WaitLimitTest {
  private static final Duration SHORT = Duration.ofMillis(1);

  @Test
  void aWaitThatHangsIsEndedOnce() throws InterruptedException {
    AtomicInteger ended = new AtomicInteger();
    CountDownLatch first = new CountDownLatch(1);
    try (WaitLimit limit =
        new WaitLimit(() -> {
          ended.incrementAndGet();
          first.countDown();
        })) {
      begin(limit, SHORT);
      assertThat(first.await(10, TimeUnit.SECONDS)).isTrue();
      awaitAnotherLook();
      assertThat(limit.ended()).isTrue();
      assertThat(ended).hasValue(1);
    }
  }

  @Test
  void whatIsOverStaysOver() throws InterruptedException {
    CountDownLatch over = new CountDownLatch(1);
    try (WaitLimit limit = new WaitLimit(over::countDown)) {
      begin(limit, SHORT);
      assertThat(over.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(limit.ended()).isTrue();
      begin(limit, Duration.ofHours(1));
      assertThat(limit.ended()).isTrue();
    }
  }

  @Test
  void aWaitThatEndedInTimeIsLeftAlone() throws InterruptedException {
    AtomicInteger endings = new AtomicInteger();
    try (WaitLimit limit = new WaitLimit(endings::incrementAndGet)) {
      for (int i = 0; i < 1000; i++) {
        begin(limit, Duration.ofHours(1));
        assertThat(limit.ended()).isFalse();
      }
      awaitAnotherLook();
      awaitAnotherLook();
      assertThat(limit.ended()).isFalse();
      assertThat(endings).hasValue(0);
    }
  }

  @Test
  void nobodyEndsWhatIsClosed() throws InterruptedException {
    AtomicInteger endings = new AtomicInteger();
    WaitLimit limit = new WaitLimit(endings::incrementAndGet);
    limit.close();
    begin(limit, SHORT);

    awaitAnotherLook();

    assertThat(endings).hasValue(0);
  }

  /** While a long wait is all there is, the watch rests; a short one must wake it. */
  @Test
  void aShortWaitIsNoticedBesideALongOne() throws InterruptedException {
    try (WaitLimit longer = new WaitLimit(() -> {})) {
      begin(longer, Duration.ofHours(1));
      // Longer than it takes the watch to go to rest.
      try (WaitLimit threeSeconds = new WaitLimit(() -> {})) {
        begin(threeSeconds, Duration.ofSeconds(3));
        while (!threeSeconds.ended()) {
          begin(threeSeconds, SHORT);
          awaitAnotherLook();
        }
      }
      awaitAnotherLook();
      assertThat(longer.ended()).isFalse();
    }
  }

  @Test
  void aReadThatHangsEndsAndTheOtherDirectionStaysOpen() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket accepted = server.accept();
        WaitLimit limit = new WaitLimit(accepted::shutdownInput)) {
      AtomicInteger read = new AtomicInteger(1);
      Thread reader =
          Thread.ofVirtual()
              .start(() -> {
                begin(limit, SHORT);
                read.set(readOne(accepted));
              });
      reader.join();
      assertThat(limit.ended()).isTrue();
      assertThat(read).hasValue(-1);

      accepted.getOutputStream().write('x');
      assertThat(client.getInputStream().read()).isEqualTo('x');
    }
  }

  private static int readOne(Socket socket) {
    try {
      return socket.getInputStream().read();
    } catch (IOException e) {
      return -2;
    }
  }

  private static void begin(WaitLimit limit, Duration time) {
    limit.until(System.nanoTime() + time.toNanos());
  }

  /** Another wait that hangs is noticed no earlier than all that hung before. */
  private static void awaitAnotherLook() throws InterruptedException {
    CountDownLatch looked = new CountDownLatch(1);
    Closeable ending = looked::countDown;
    try (WaitLimit limit = new WaitLimit(ending)) {
      begin(limit, SHORT);
      assertThat(looked.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }
}

package dev.postrider.smtpd;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ClientNamesTest {
  private static final InetAddress STRANGER = InetAddress.ofLiteral("192.0.2.7");
  private static final Duration LONG = Duration.ofSeconds(30);

  @Test
  void aSlowResolverNeverHoldsACarrierOfVirtualThreads() {
    AtomicReference<Boolean> virtual = new AtomicReference<>();
    ClientNames names =
        ClientNames.asking(
            _ -> {
              virtual.set(Thread.currentThread().isVirtual());
              return "client.example";
            },
            LONG,
            1);

    assertThat(names.nameOf(STRANGER)).isEqualTo("client.example");
    assertThat(virtual.get()).isFalse();
  }

  @Test
  void whoeverComesWhileTooManyAreLookedUpHasNoName() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    ClientNames names =
        ClientNames.asking(
            _ -> {
              asked.countDown();
              try {
                answer.await();
              } catch (InterruptedException e) {
                return "interrupted";
              }
              return "client.example";
            },
            LONG,
            1);
    AtomicReference<String> first = new AtomicReference<>();
    Thread waiting = Thread.ofVirtual().start(() -> first.set(names.nameOf(STRANGER)));
    asked.await();

    assertThat(names.nameOf(STRANGER)).isEqualTo("unknown");
    answer.countDown();
    waiting.join();
    assertThat(first.get()).isEqualTo("client.example");
  }

  @Test
  void aResolverThatFailsOrTakesTooLongMeansUnknown() {
    CountDownLatch never = new CountDownLatch(1);
    ClientNames failing =
        ClientNames.asking(
            _ -> {
              throw new IllegalStateException("a bug in a resolver");
            },
            LONG,
            1);
    ClientNames slow =
        ClientNames.asking(
            _ -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                return "interrupted";
              }
              return "late.example";
            },
            Duration.ofMillis(10),
            1);

    assertThat(failing.nameOf(STRANGER)).isEqualTo("unknown");
    assertThat(slow.nameOf(STRANGER)).isEqualTo("unknown");
    assertThat(slow.nameOf(InetAddress.ofLiteral("127.0.0.1"))).isEqualTo("localhost");
    never.countDown();
  }

  @Test
  void withoutAThreadAClientHasNoNameAndTheNextOneIsLookedUp() {
    AtomicInteger attempts = new AtomicInteger();
    ClientNames names =
        ClientNames.asking(
            _ -> "client.example",
            LONG,
            1,
            lookup -> {
              if (attempts.incrementAndGet() < 3) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              lookup.run();
            });

    assertThat(names.nameOf(STRANGER)).isEqualTo("unknown");
    assertThat(names.nameOf(STRANGER)).isEqualTo("unknown");
    assertThat(names.nameOf(STRANGER)).isEqualTo("client.example");
  }
}

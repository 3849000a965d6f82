package dev.postrider.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TerminationTest {
  private final List<String> done = new ArrayList<>();
  private CountDownLatch hanging = new CountDownLatch(0);
  private long now;

  private final Termination termination =
      new Termination(
          new Termination.Ending() {
            @Override
            public void gently() {
              note("gently");
            }

            @Override
            public void atOnce() {
              try {
                hanging.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              note("at once");
            }

            @Override
            public void halt(int code) {
              note("halt " + code);
            }
          },
          () -> now);

  private synchronized void note(String what) {
    done.add(what);
  }

  private synchronized List<String> done() {
    return List.copyOf(done);
  }

  private void later() {
    now += Termination.ONE_REQUEST.toNanos();
  }

  @Test
  void theFirstLetsItFinishTheSecondEndsIt() {
    termination.come(Termination.Kind.TERM);
    assertThat(done()).containsExactly("gently");

    later();
    termination.come(Termination.Kind.TERM);

    assertThat(done()).containsExactly("gently", "at once", "halt 143");
  }

  @Test
  void theSecondMayBeAnother() {
    termination.come(Termination.Kind.TERM);
    later();
    termination.come(Termination.Kind.INT);

    assertThat(done()).containsExactly("gently", "at once", "halt 130");
  }

  @Test
  void whatComesTwiceWithinASecondWasOneRequest() {
    termination.come(Termination.Kind.TERM);
    now += Termination.ONE_REQUEST.toNanos() - 1;
    termination.come(Termination.Kind.TERM);

    assertThat(done()).containsExactly("gently");
  }

  @Test
  void aThirdDoesNothing() {
    termination.come(Termination.Kind.TERM);
    later();
    termination.come(Termination.Kind.TERM);
    later();
    termination.come(Termination.Kind.TERM);

    assertThat(done()).containsExactly("gently", "at once", "halt 143");
  }

  @Test
  void aDiskThatHangsDoesNotKeepItFromEnding() {
    hanging = new CountDownLatch(1);
    termination.come(Termination.Kind.TERM);
    later();

    termination.come(Termination.Kind.TERM);

    assertThat(done()).containsExactly("gently", "halt 143");
    hanging.countDown();
  }

  @Test
  void whatEndedByItselfExitsWithItsOwnCode() {
    assertThat(termination.exitCode(0)).isZero();
    assertThat(termination.exitCode(1)).isEqualTo(1);
    termination.come(Termination.Kind.TERM);
    assertThat(termination.exitCode(1)).as("a failure while stopping").isEqualTo(1);
  }
}

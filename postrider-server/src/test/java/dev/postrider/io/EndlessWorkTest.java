package dev.postrider.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndlessWorkTest {
  /** How long each life of the work is; after the last it ends by itself. */
  private final List<Duration> lives = new ArrayList<>();

  private final List<String> told = new ArrayList<>();
  private final List<Duration> pauses = new ArrayList<>();
  private long now;

  private final EndlessWork.Time time =
      new EndlessWork.Time() {
        @Override
        public long nanos() {
          return now;
        }

        @Override
        public void pass(Duration pause) {
          pauses.add(pause);
          now += pause.toNanos();
        }
      };

  private void live() {
    if (!lives.isEmpty()) {
      now += lives.removeFirst().toNanos();
      throw new IllegalStateException("death " + (told.size() + 1));
    }
  }

  private void run(EndlessWork.Deaths deaths) {
    new EndlessWork(this::live, deaths, time).run();
  }

  private void die(int times, Duration after) {
    for (int i = 0; i < times; i++) {
      lives.add(after);
    }
  }

  @Test
  void whatDiesAgainAndAgainIsBegunAgainEverMoreSlowlyAndEachDeathIsTold() {
    die(9, Duration.ofMillis(5));

    run((why, pause) -> told.add(why.getMessage() + EndlessWork.again(pause)));

    assertThat(pauses)
        .extracting(Duration::toSeconds)
        .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);
    assertThat(told).hasSize(9);
    assertThat(told.getFirst()).isEqualTo("death 1; it is begun again in 1 s");
    assertThat(told.getLast()).isEqualTo("death 9; it is begun again in 60 s");
  }

  @Test
  void whatLivedForAMinuteIsBegunAgainSoon() {
    die(5, Duration.ZERO);
    die(2, Duration.ofMinutes(1));

    run((why, pause) -> told.add(why.getMessage()));

    assertThat(pauses).extracting(Duration::toSeconds).endsWith(16L, 1L, 1L);
  }

  @Test
  void errorsAreDeathsToo() {
    List<Throwable> deaths = new ArrayList<>();
    EndlessWork work =
        new EndlessWork(
            () -> {
              switch (deaths.size()) {
                case 0 -> throw new StackOverflowError();
                case 1 -> throw new OutOfMemoryError("no memory for the test");
                default -> {}
              }
            },
            (why, pause) -> deaths.add(why),
            time);

    work.run();

    assertThat(deaths).hasSize(2);
  }

  @Test
  void aDeathThatCannotBeToldDoesNotEndTheWork() {
    die(2, Duration.ZERO);

    run((why, pause) -> {
      throw new OutOfMemoryError("no memory for a sentence");
    });

    assertThat(pauses).hasSize(2);
    assertThat(lives).isEmpty();
  }

  @Test
  void anInterruptEndsIt() throws InterruptedException {
    Thread thread =
        Thread.ofVirtual()
            .start(
                new EndlessWork(
                    () -> Thread.sleep(Duration.ofHours(1)), (why, pause) -> told.add("dead")));

    thread.interrupt();

    assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
    assertThat(told).isEmpty();
  }
}

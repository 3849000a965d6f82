package dev.postrider.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
  private static final Instant START = Instant.parse("2026-11-20T09:00:00Z");

  private long nanos = -5_000_000_000L;
  private long uptime = 77_000_000_000L;

  private void pass(Duration awake, Duration asleep) {
    nanos += awake.toNanos();
    // As the system tells it: in hundredths of a second.
    uptime += awake.plus(asleep).toNanos() / 10_000_000 * 10_000_000;
  }

  @Test
  void itGoesOnWithWhatPassesAwakeAndAsleep() {
    SteadyClock clock = new SteadyClock(START, () -> nanos, () -> uptime);
    assertThat(clock.instant()).isEqualTo(START);

    pass(Duration.ofNanos(1_234_567), Duration.ZERO);
    assertThat(clock.instant()).isEqualTo(START.plusNanos(1_234_567));

    pass(Duration.ofSeconds(2), Duration.ofHours(8));
    assertThat(clock.instant())
        .isBetween(
            START.plus(Duration.ofHours(8)).plusMillis(1_990),
            START.plus(Duration.ofHours(8)).plusMillis(2_010));

    Instant before = clock.instant();
    pass(Duration.ofSeconds(3), Duration.ZERO);
    assertThat(Duration.between(before, clock.instant())).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void itNeverGoesBackByTheCoarsenessOfTheUptime() {
    SteadyClock clock = new SteadyClock(START, () -> nanos, () -> uptime);
    Instant last = clock.instant();
    for (int i = 0; i < 1_000; i++) {
      nanos += 1_000_500_000L;
      uptime += i % 2 == 0 ? 1_000_000_000L : 1_010_000_000L;
      Instant now = clock.instant();
      assertThat(now).isAfter(last);
      last = now;
    }
  }

  @Test
  void withoutAnUptimeItSleepsWithTheMachine() {
    SteadyClock clock = new SteadyClock(START, () -> nanos, () -> -1);
    nanos += Duration.ofMinutes(5).toNanos();
    assertThat(clock.instant()).isEqualTo(START.plus(Duration.ofMinutes(5)));
  }

  @Test
  void thisMachinesGoesOnToo() {
    SteadyClock clock = new SteadyClock(InstantSource.fixed(START));
    Instant first = clock.instant();
    assertThat(first).isBetween(START, START.plus(Duration.ofMinutes(1)));
    assertThat(clock.instant()).isBetween(first, START.plus(Duration.ofMinutes(1)));
  }
}

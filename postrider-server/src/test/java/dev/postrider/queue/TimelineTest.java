package dev.postrider.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TimelineTest {
  private static final Duration YEAR = Duration.ofDays(365);
  private static final Duration HOUR = Duration.ofHours(1);

  private Instant steady = Instant.parse("2026-11-20T09:00:00Z");
  private Instant clock = steady;
  private final Timeline time = new Timeline(new QueueClocks(() -> clock, () -> steady));

  private void pass(Duration span) {
    steady = steady.plus(span);
    clock = clock.plus(span);
  }

  private void set(Duration by) {
    clock = clock.plus(by);
    assertThat(time.look()).isEqualTo(by);
    assertThat(time.look()).isZero();
  }

  @Test
  void whatIsWrittenDownBeforeAStepForwardDoesNotGrowOldByIt() {
    Instant before = clock;
    pass(HOUR);
    set(YEAR);
    Instant after = clock;
    pass(HOUR);

    assertThat(time.since(before)).isEqualTo(HOUR.multipliedBy(2));
    assertThat(time.since(after)).isEqualTo(HOUR);
    assertThat(time.since(before.minus(YEAR))).isEqualTo(YEAR.plus(HOUR.multipliedBy(2)));
  }

  @Test
  void aStepThatIsTakenBackLeavesEverybodyAsOldAsHeIs() {
    Instant before = clock;
    set(YEAR);
    Instant between = clock;
    pass(HOUR);
    set(YEAR.negated());
    Instant after = clock;
    pass(HOUR);

    assertThat(time.since(before)).isEqualTo(HOUR.multipliedBy(2));
    assertThat(time.since(between)).isEqualTo(HOUR.multipliedBy(2));
    assertThat(time.since(after)).isEqualTo(HOUR);
  }

  @Test
  void whatIsWrittenDownBeforeAStepBackGrowsOldAsBefore() {
    Instant before = clock;
    pass(HOUR);
    set(Duration.ofDays(-1));
    assertThat(time.since(before)).isEqualTo(HOUR);
    pass(HOUR);
    assertThat(time.since(before)).isEqualTo(HOUR.multipliedBy(2));
  }

  @Test
  void whatTheClockShowedTwiceIsTakenForTheLaterOne() {
    Instant before = clock;
    pass(HOUR);
    set(Duration.ofDays(-1));
    pass(Duration.ofHours(30));

    // The clock shows 33 hours after its start less a day; it showed "before" 25 hours ago.
    assertThat(time.since(before)).isEqualTo(Duration.ofHours(30 - 24 + 1));
  }

  @Test
  void whatIsToComeIsNotOld() {
    assertThat(time.since(clock.plus(YEAR))).isZero();
  }

  @Test
  void aStepThatNobodyHasLookedAtYetDoesNotMakeNewMailOld() {
    clock = clock.minus(YEAR);
    Instant arrival = clock;
    assertThat(time.look()).isEqualTo(YEAR.negated());
    pass(HOUR);

    assertThat(time.since(arrival)).isEqualTo(HOUR);
  }

  @Test
  void aCorrectionIsNoStep() {
    clock = clock.plus(Timeline.LEAST_STEP.minusMillis(1));
    assertThat(time.look()).isZero();
  }

  @Test
  void whatTheSpoolHasIsDueByTheTimeThatPasses() {
    Duration longest = Duration.ofHours(2);
    assertThat(time.due(clock.plus(HOUR), longest)).isEqualTo(steady.plus(HOUR));
    set(YEAR);
    assertThat(time.due(clock.plus(HOUR), longest)).isEqualTo(steady.plus(HOUR));
    assertThat(time.clockAt(steady.plus(HOUR))).isEqualTo(clock.plus(HOUR));
    set(YEAR.negated());
    assertThat(time.due(clock.plus(YEAR), longest)).as("by a wrong clock").isEqualTo(steady);
  }

  @Test
  void manySettingsAreKeptWithinBounds() {
    Instant first = clock;
    for (int i = 0; i < 1_000; i++) {
      set(YEAR);
      set(YEAR.negated());
      pass(Duration.ofSeconds(1));
    }
    assertThat(time.since(first)).isEqualTo(Duration.ofSeconds(1_000));
  }
}

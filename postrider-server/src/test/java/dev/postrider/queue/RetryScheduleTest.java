package dev.postrider.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryScheduleTest {
  private static RetrySchedule schedule(Map<String, String> settings) {
    return new RetrySchedule(Config.of(Path.of("/nonexistent"), settings), new Random(1));
  }

  @ParameterizedTest
  @CsvSource({"0, 300", "300, 300", "301, 600", "1000, 1200", "4000, 4200", "90000, 4200"})
  void aMessageWaitsAsLongAsItIsOldWithinTheBounds(long age, long expected) {
    Duration wait = schedule(Map.of()).wait(Duration.ofSeconds(age));

    assertThat(wait)
        .isBetween(Duration.ofSeconds(expected), Duration.ofSeconds(expected + expected / 16 + 1));
  }

  @Test
  void theQueueRunDelayIsTheRhythm() {
    RetrySchedule schedule =
        schedule(Map.of("queue_run_delay", "1h", "minimal_backoff_time", "5m"));

    assertThat(schedule.wait(Duration.ZERO)).isGreaterThanOrEqualTo(Duration.ofHours(1));
  }

  @Test
  void chanceSpreadsABacklog() {
    RetrySchedule schedule = schedule(Map.of());

    assertThat(
            java.util.stream.Stream.generate(() -> schedule.wait(Duration.ZERO))
                .limit(100)
                .distinct())
        .hasSizeGreaterThan(50);
  }

  @Test
  void noWarningUnlessAskedFor() {
    assertThat(schedule(Map.of()).warns(Duration.ofDays(4))).isFalse();
  }
}

package dev.postrider.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DelayFormatTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "4, 0",
    "5, 0.01",
    "10, 0.01",
    "49, 0.05",
    "100, 0.1",
    "114, 0.11",
    "990, 0.99",
    "999, 1",
    "1000, 1",
    "1040, 1",
    "2060, 2.1",
    "9940, 9.9",
    "9990, 10",
    "17090, 17",
    "17500, 18",
    "432000000, 432000"
  })
  void twoSignificantDigitsAndAtMostTwoDecimals(long millis, String expected) {
    StringBuilder out = new StringBuilder();

    DelayFormat.append(out, millis * 1_000_000, 2);

    assertThat(out).hasToString(expected);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "3, 0.16", "6, 0.16"})
  void theResolutionLimitsTheDecimals(int resolution, String expected) {
    StringBuilder out = new StringBuilder();

    DelayFormat.append(out, 159_876_543L, resolution);

    assertThat(out).hasToString(expected);
  }

  @ParameterizedTest
  @CsvSource({"3, 0.002", "4, 0.0016", "6, 0.0016"})
  void smallSpansShowWithAFinerResolution(int resolution, String expected) {
    StringBuilder out = new StringBuilder();

    DelayFormat.append(out, 1_580_000L, resolution);

    assertThat(out).hasToString(expected);
  }
}

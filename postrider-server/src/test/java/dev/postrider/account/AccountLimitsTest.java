package dev.postrider.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountLimitsTest {
  @Test
  void limitsAreReadInAnyOrder() {
    AccountLimits limits =
        AccountLimits.parse(" recipients=2000/1d, rate=30/60s\tmessages=500/24h ");

    assertThat(limits.all())
        .containsExactly(
            new Limit(Limit.Kind.RECIPIENTS, 2000, Duration.ofDays(1)),
            new Limit(Limit.Kind.RATE, 30, Duration.ofMinutes(1)),
            new Limit(Limit.Kind.MESSAGES, 500, Duration.ofDays(1)));
    assertThat(limits).hasToString("recipients=2000/1d rate=30/1m messages=500/1d");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "500",
        "messages",
        "messages=500",
        "messages=0/1d",
        "messages=5/0s",
        "messages=5/32d",
        "messages=-1/1d",
        "bytes=5/1d",
        "messages=5/1y",
        "messages=5/1d extra",
        "messages=99999999999999/1d"
      })
  void whatIsNoLimitIsRefusedWithTheRemedy(String text) {
    assertThatThrownBy(() -> AccountLimits.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no limit: write rate=30/1m, messages=500/1d");
  }
}

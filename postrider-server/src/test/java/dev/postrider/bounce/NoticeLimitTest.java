package dev.postrider.bounce;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class NoticeLimitTest {
  private static final Instant BEGIN = Instant.parse("2026-11-20T09:00:00Z");

  private final NoticeLimit limit = new NoticeLimit();

  @Test
  void theFirstOfTheNextHourTellsHowManyWereLeftOut() {
    for (int i = 0; i < NoticeLimit.MOST_AN_HOUR; i++) {
      assertThat(limit.ask(Trouble.POLICY, BEGIN.plusSeconds(i)))
          .isEqualTo(new NoticeLimit.Answer.Make(0));
    }
    assertThat(limit.ask(Trouble.POLICY, BEGIN.plusSeconds(30)))
        .isEqualTo(new NoticeLimit.Answer.LeaveOut(true));
    assertThat(limit.ask(Trouble.POLICY, BEGIN.plusSeconds(3599)))
        .isEqualTo(new NoticeLimit.Answer.LeaveOut(false));

    assertThat(limit.ask(Trouble.POLICY, BEGIN.plusSeconds(3600)))
        .isEqualTo(new NoticeLimit.Answer.Make(2));
    assertThat(limit.ask(Trouble.POLICY, BEGIN.plusSeconds(3601)))
        .isEqualTo(new NoticeLimit.Answer.Make(0));
  }

  @Test
  void oneKindDoesNotUseUpAnother() {
    for (int i = 0; i <= NoticeLimit.MOST_AN_HOUR; i++) {
      limit.ask(Trouble.PROTOCOL, BEGIN);
    }

    assertThat(limit.ask(Trouble.RESOURCE, BEGIN)).isEqualTo(new NoticeLimit.Answer.Make(0));
  }
}

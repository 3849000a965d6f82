package dev.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.account.AccountName;
import dev.postrider.account.AccountState;
import dev.postrider.account.AccountUse;
import dev.postrider.control.QueueEntry;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccountMailTest {
  private static final String NAME = "me@gmail.com at smtp.gmail.com";
  private static final String QUOTA =
      "host smtp.gmail.com[192.0.2.1] said: 550 5.4.5 Daily user sending limit exceeded.";

  private final AccountMail mail = new AccountMail();

  private void waits(String... reasons) {
    List<QueueEntry.Waiting> waiting =
        Arrays.stream(reasons)
            .map(reason -> new QueueEntry.Waiting("", "you@dest.test", reason))
            .toList();
    mail.add(new QueueEntry("deferred", false, "id", Instant.EPOCH, 1000, "", waiting));
  }

  @Test
  void mailIsCountedForTheAccountThatItsReasonNames() {
    String limit = "account " + NAME + " waits: messages=500/1d is used up";
    waits(limit, limit, "Connection refused");
    waits(limit);
    waits("account other at mail.test is held, 3 refusals: no");

    assertThat(mail.of(NAME)).isEqualTo(new AccountUse.Count(2, 3));
    assertThat(mail.of("other at mail.test")).isEqualTo(new AccountUse.Count(1, 1));
    assertThat(mail.of("nobody at mail.test")).isEqualTo(new AccountUse.Count(0, 0));
  }

  @Test
  void whatStoppedTheAccountWaitsForItToo() {
    waits("account " + NAME + " rests: " + QUOTA);
    waits(QUOTA);

    AccountState state =
        new AccountState(
            new AccountName("me@gmail.com", "smtp.gmail.com"),
            AccountState.Kind.RESTS,
            0,
            "gmail-daily-limit",
            QUOTA,
            Instant.EPOCH,
            Instant.EPOCH);
    assertThat(mail.of(state)).isEqualTo(new AccountUse.Count(2, 2));
  }

  @Test
  void anEmptyQueueHasNothing() {
    assertThat(mail.isEmpty()).isTrue();
  }
}

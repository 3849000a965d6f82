package dev.postrider.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountUseTest {
  private static final AccountName NAME = new AccountName("me@gmail.com", "smtp.gmail.com");
  private static final AccountName OTHER = new AccountName("me", "mail.other.test");
  private static final AccountLimits THREE = AccountLimits.parse("messages=3/10s");

  @TempDir private Path directory;
  private Instant now = Instant.parse("2026-11-27T12:00:00Z");
  private final List<String> warnings = new ArrayList<>();
  private AccountUse use = AccountUse.inMemory(() -> now);

  private boolean send(AccountName name, AccountLimits limits, String message, int recipients) {
    AccountUse.Answer answer = use.ask(name, limits, message, recipients);
    if (answer instanceof AccountUse.Granted(int granted)) {
      use.ended(name, granted, granted);
      return true;
    }
    return false;
  }

  private Duration pause(AccountLimits limits, String message) {
    assertThat(use.ask(NAME, limits, message, 1)).isInstanceOf(AccountUse.Wait.class);
    return ((AccountUse.Wait) use.ask(NAME, limits, message, 1)).pause();
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  @Test
  void whatIsTooMuchWaitsUntilTheOldestIsLongEnoughAgo() {
    assertThat(send(NAME, THREE, "a", 1)).isTrue();
    pass(Duration.ofSeconds(4));
    assertThat(send(NAME, THREE, "b", 1)).isTrue();
    assertThat(send(NAME, THREE, "c", 1)).isTrue();
    assertThat(send(NAME, THREE, "d", 1)).isFalse();

    assertThat(pause(THREE, "d")).isBetween(Duration.ofSeconds(6), Duration.ofMillis(6300));
    assertThat(send(OTHER, THREE, "e", 1)).isTrue();
    pass(pause(THREE, "d"));
    assertThat(send(NAME, THREE, "d", 1)).isTrue();
    assertThat(send(NAME, THREE, "f", 1)).isFalse();
  }

  @Test
  void eachOfThoseWhoWaitHasAMomentOfItsOwnAndNobodyOvertakes() {
    for (int i = 0; i < 3; i++) {
      assertThat(send(NAME, THREE, "sent" + i, 1)).isTrue();
    }
    List<Long> seconds = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      seconds.add(pause(THREE, "m" + i).toSeconds());
    }
    assertThat(seconds).containsExactly(10L, 10L, 10L, 20L, 20L, 20L, 30L);

    pass(pause(THREE, "m0"));
    assertThat(send(NAME, THREE, "newcomer", 1)).isFalse();
    assertThat(send(NAME, THREE, "m4", 1)).isFalse();
    assertThat(send(NAME, THREE, "m2", 1)).isTrue();
    assertThat(send(NAME, THREE, "m0", 1)).isTrue();
    assertThat(send(NAME, THREE, "m1", 1)).isTrue();
    assertThat(send(NAME, THREE, "m3", 1)).isFalse();
  }

  @Test
  void whatTheServerDidNotTakeDoesNotCount() {
    for (int i = 0; i < 10; i++) {
      assertThat(use.ask(NAME, THREE, "m" + i, 2)).isEqualTo(new AccountUse.Granted(2));
      use.ended(NAME, 2, 0);
    }
    assertThat(use.within(NAME, Duration.ofDays(1))).isEqualTo(new AccountUse.Count(0, 0));
  }

  @Test
  void whatIsUnderWayCounts() {
    for (int i = 0; i < 3; i++) {
      assertThat(use.ask(NAME, THREE, "m" + i, 1)).isInstanceOf(AccountUse.Granted.class);
    }
    assertThat(use.ask(NAME, THREE, "m3", 1)).isInstanceOf(AccountUse.Wait.class);
  }

  @Test
  void allLimitsHoldAtOnce() {
    AccountLimits limits = AccountLimits.parse("messages=100/1d recipients=10/1d rate=2/1s");
    assertThat(send(NAME, limits, "a", 6)).isTrue();
    assertThat(send(NAME, limits, "b", 1)).isTrue();
    assertThat(use.ask(NAME, limits, "c", 1))
        .isInstanceOfSatisfying(
            AccountUse.Wait.class, wait -> assertThat(wait.limit()).hasToString("rate=2/1s"));
    pass(Duration.ofSeconds(2));
    assertThat(send(NAME, limits, "d", 2)).isTrue();
    assertThat(use.ask(NAME, limits, "e", 1))
        .isInstanceOfSatisfying(
            AccountUse.Wait.class,
            wait -> assertThat(wait.limit()).hasToString("recipients=10/1d"));
  }

  @Test
  void aMessageWithMoreRecipientsThanTheLimitGoesInParts() {
    AccountLimits limits = AccountLimits.parse("recipients=10/1d");
    assertThat(use.ask(NAME, limits, "a", 25)).isEqualTo(new AccountUse.Granted(10));
  }

  @Test
  void otherLimitsCountAtOnce() {
    for (int i = 0; i < 3; i++) {
      assertThat(send(NAME, THREE, "m" + i, 1)).isTrue();
    }
    assertThat(send(NAME, THREE, "later", 1)).isFalse();
    assertThat(send(NAME, AccountLimits.parse("messages=4/10s"), "later", 1)).isTrue();
  }

  @Test
  void aRestartForgetsNothingAndAnyLineMayBeTorn() throws IOException {
    use = AccountUse.open(directory, () -> now, warnings::add);
    assertThat(send(NAME, THREE, "a", 2)).isTrue();
    pass(Duration.ofSeconds(1));
    assertThat(send(NAME, THREE, "b", 1)).isTrue();
    Path file = directory.resolve("account-use");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Files.writeString(file, "1795780803000\tme@gm", StandardOpenOption.APPEND);

    use = AccountUse.open(directory, () -> now, warnings::add);
    assertThat(use.within(NAME, Duration.ofDays(1))).isEqualTo(new AccountUse.Count(2, 3));
    assertThat(send(NAME, THREE, "c", 1)).isTrue();
    assertThat(send(NAME, THREE, "d", 1)).isFalse();
    use = AccountUse.look(directory, () -> now, warnings::add);
    assertThat(use.within(NAME, Duration.ofDays(1))).isEqualTo(new AccountUse.Count(3, 4));
    assertThat(send(NAME, THREE, "d", 1)).isFalse();
    assertThat(warnings).isEmpty();
  }

  @Test
  void aClockThatWasAheadHoldsNothingUpForLong() throws IOException {
    Files.writeString(
        directory.resolve("account-use"),
        "postrider-account-use 1\n"
            + now.plus(Duration.ofDays(300)).toEpochMilli()
            + "\tme@gmail.com\tsmtp.gmail.com\t3\t3\n");
    use = AccountUse.open(directory, () -> now, warnings::add);
    assertThat(pause(THREE, "a")).isLessThan(Duration.ofSeconds(11));
  }

  @Test
  void aFileThatCannotBeWrittenIsSaidOnceAndTheLimitHoldsAllTheSame() throws IOException {
    Path missing = directory.resolve("missing");
    use = AccountUse.open(missing, () -> now, warnings::add);
    for (int i = 0; i < 3; i++) {
      assertThat(send(NAME, THREE, "m" + i, 1)).isTrue();
    }
    assertThat(send(NAME, THREE, "m3", 1)).isFalse();
    assertThat(warnings).hasSize(1);
    assertThat(warnings.getFirst()).contains("cannot be written");
  }

  @Test
  void theEstimateIsWhatReallyHappens() {
    AccountLimits limits = AccountLimits.parse("messages=50/1h rate=10/1m");
    Random random = new Random(7);
    for (int i = 0; i < 20; i++) {
      boolean _ = send(NAME, limits, "before" + i, 1);
      pass(Duration.ofSeconds(random.nextInt(60)));
    }
    Instant estimate = use.drained(NAME, limits, now, new AccountUse.Count(120, 120));

    TreeMap<Instant, List<String>> due = new TreeMap<>();
    for (int i = 0; i < 120; i++) {
      due.computeIfAbsent(now, _ -> new ArrayList<>()).add("m" + i);
    }
    int asked = 0;
    while (!due.isEmpty()) {
      Map.Entry<Instant, List<String>> next = due.pollFirstEntry();
      now = next.getKey();
      for (String message : next.getValue()) {
        asked++;
        switch (use.ask(NAME, limits, message, 1)) {
          case AccountUse.Granted(int granted) -> use.ended(NAME, granted, granted);
          case AccountUse.Wait wait ->
              due.computeIfAbsent(now.plus(wait.pause()), _ -> new ArrayList<>()).add(message);
        }
      }
    }
    assertThat(Duration.between(estimate, now).abs()).isLessThan(Duration.ofMinutes(2));
    assertThat(asked).isLessThan(120 * 6);
    assertThat(use.within(NAME, Duration.ofHours(1)).messages()).isLessThanOrEqualTo(50);
  }

  @Test
  void anEstimateForAHugeQueueIsMadeFromItsPace() {
    Instant end =
        use.drained(
            NAME,
            AccountLimits.parse("messages=500/1d"),
            now,
            new AccountUse.Count(1_000_000, 1_000_000));
    assertThat(Duration.between(now, end).toDays()).isBetween(1900L, 2100L);
  }
}

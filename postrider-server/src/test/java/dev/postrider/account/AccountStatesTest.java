package dev.postrider.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountStatesTest {
  private static final AccountName NAME = new AccountName("me@gmail.com", "smtp.gmail.com");
  private static final String REASON =
      "SASL authentication failed; server smtp.gmail.com[192.0.2.1] said: 535 5.7.8 no";

  @TempDir private Path directory;
  private Instant now = Instant.parse("2026-11-27T12:00:00Z");
  private final List<String> news = new ArrayList<>();
  private AccountStates states = AccountStates.inMemory(() -> now);

  private AccountStates open() {
    AccountStates opened = AccountStates.open(directory, () -> now, news::add);
    opened.listen(
        new AccountStates.Listener() {
          @Override
          public void stopped(AccountState state) {
            news.add(state.name() + " " + state.kind().words());
          }

          @Override
          public void resumed(AccountName name, String why) {
            news.add(name + ": " + why);
          }
        });
    return opened;
  }

  private void refuse() {
    states.refused(NAME, "secret", "gmail-app-password", REASON);
  }

  private Optional<Resting> ask() {
    return states.resting(NAME, "secret");
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  @Test
  void aRefusedLoginIsTriedTwiceMoreAndThenHeld() {
    states = open();
    refuse();
    assertThat(ask().orElseThrow().pause()).isEqualTo(Duration.ofMinutes(1));
    assertThat(ask().orElseThrow().pause()).as("others").isEqualTo(Duration.ofHours(24));

    pass(Duration.ofMinutes(1));
    assertThat(ask()).as("the first to ask may try").isEmpty();
    refuse();
    assertThat(ask().orElseThrow().pause()).isEqualTo(Duration.ofMinutes(5));

    pass(Duration.ofMinutes(5));
    assertThat(ask()).isEmpty();
    refuse();
    AccountState state = ask().orElseThrow().state();
    assertThat(state.kind()).isEqualTo(AccountState.Kind.HELD);
    assertThat(state.until()).isEqualTo(now.plus(Duration.ofHours(6)));
    assertThat(news)
        .containsExactly(
            "me@gmail.com at smtp.gmail.com rests",
            "me@gmail.com at smtp.gmail.com rests",
            "me@gmail.com at smtp.gmail.com is held");

    pass(Duration.ofHours(6));
    assertThat(ask()).isEmpty();
    refuse();
    assertThat(states.stopped().getFirst().until()).isEqualTo(now.plus(Duration.ofHours(12)));
    assertThat(states.stopped().getFirst().since()).isEqualTo(now.minus(Duration.ofHours(6)));
  }

  @Test
  void refusalsOfSessionsThatWereUnderWayCountOnce() {
    for (int i = 0; i < 20; i++) {
      refuse();
    }
    assertThat(states.stopped().getFirst().refusals()).isEqualTo(1);
  }

  @Test
  void onlyOneThreadProbes() throws Exception {
    refuse();
    pass(Duration.ofMinutes(2));
    assertThat(ask()).isEmpty();
    assertThat(ask()).as("the same thread, in its login step").isEmpty();
    boolean[] rests = new boolean[1];
    Thread other = Thread.ofVirtual().start(() -> rests[0] = ask().isPresent());
    other.join();
    assertThat(rests[0]).isTrue();

    states.done();
    assertThat(ask()).as("its delivery is over, and said nothing of the login").isPresent();
    pass(Duration.ofMinutes(1));
    assertThat(ask()).isEmpty();
  }

  @Test
  void aRestartForgetsNothingAndTheFileHoldsNoPassword() throws IOException {
    states = open();
    refuse();
    pass(Duration.ofMinutes(1));
    assertThat(ask()).isEmpty();
    refuse();

    states = open();
    assertThat(ask().orElseThrow().state().refusals()).isEqualTo(2);
    assertThat(ask().orElseThrow().state().reason()).isEqualTo(REASON);
    Path file = directory.resolve("accounts");
    assertThat(Files.readString(file)).doesNotContain("secret").contains("gmail-app-password");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void aChangedPasswordIsTriedAtOnce() {
    states = open();
    refuse();
    states = open();

    assertThat(states.resting(NAME, "another")).isEmpty();
    assertThat(states.allWork()).isTrue();
    assertThat(news).contains("me@gmail.com at smtp.gmail.com: its password was changed");
  }

  @Test
  void somebodyResumesItByItsLogin() {
    states = open();
    refuse();
    assertThat(states.resume("nobody", "asked for")).isEmpty();
    assertThat(states.resume("me@gmail.com", "asked for by root"))
        .extracting(AccountState::name)
        .containsExactly(NAME);
    assertThat(ask()).isEmpty();
    assertThat(open().allWork()).as("after a restart").isTrue();
    assertThat(news).contains("me@gmail.com at smtp.gmail.com: asked for by root");
  }

  @Test
  void aQuotaOutlivesTheLoginAndEndsWithAMessage() {
    states = open();
    states.rest(NAME, "secret", Duration.ofHours(24), "gmail-daily-limit", "quota");
    states.loggedIn(NAME);
    assertThat(ask().orElseThrow().pause()).isEqualTo(Duration.ofHours(24));

    pass(Duration.ofHours(24));
    assertThat(ask()).isEmpty();
    states.worked(NAME);
    assertThat(states.allWork()).isTrue();
    assertThat(news).contains("me@gmail.com at smtp.gmail.com: it works again");
  }

  @Test
  void aLoginThatIsTakenEndsRefusals() {
    refuse();
    states.loggedIn(NAME);
    assertThat(states.allWork()).isTrue();
  }

  @Test
  void aReloadAllowsOneTryAndForgetsNoRefusal() {
    refuse();
    states.allowTry();
    assertThat(ask()).isEmpty();
    refuse();
    assertThat(states.stopped().getFirst().refusals()).isEqualTo(2);
  }

  @Test
  void aDamagedFileIsSaidAndSkipped() throws IOException {
    Files.writeString(directory.resolve("accounts"), "postrider-accounts 1\nnonsense\n");
    states = open();
    assertThat(states.allWork()).isTrue();
    assertThat(news.getFirst()).startsWith(directory + "/accounts: a line is skipped");
  }
}

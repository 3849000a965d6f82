package dev.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.account.AccountName;
import dev.postrider.account.AccountState;
import dev.postrider.account.AccountStates;
import dev.postrider.failure.FailureRules;
import dev.postrider.oauth.TokenStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountsCheckTest {
  private static final AccountName NAME = new AccountName("me@gmail.com", "smtp.gmail.com");

  @TempDir private Path directory;
  private Instant now = Instant.parse("2026-11-27T12:00:00Z");
  private final AccountStates states = AccountStates.inMemory(() -> now);

  private String said() throws Exception {
    AccountsCheck.Source source =
        new AccountsCheck.Source() {
          @Override
          public List<AccountState> stopped() {
            return states.stopped();
          }

          @Override
          public List<dev.postrider.oauth.AccountState> tokens()
              throws IOException, InterruptedException {
            return dev.postrider.oauth.AccountState.all(new TokenStore(directory));
          }
        };
    return Installation.said(
        new AccountsCheck(new Installation(directory).subject(), source, FailureRules.shipped()));
  }

  @Test
  void nothingIsStopped() throws Exception {
    assertThat(said()).startsWith("ok accounts");
  }

  @Test
  void aHeldAccountIsAFaultWithItsRemedy() throws Exception {
    for (int i = 0; i < 3; i++) {
      states.refused(
          NAME,
          "wrong",
          "gmail-app-password",
          "SASL authentication failed; server smtp.gmail.com[192.0.2.1] said: 535-5.7.8 Username"
              + " and Password not accepted.");
      now = now.plus(Duration.ofMinutes(10));
    }
    assertThat(said())
        .startsWith("error account-held: the account me@gmail.com")
        .contains("myaccount.google.com/apppasswords");
  }

  @Test
  void oneThatRestsIsAWarning() throws Exception {
    states.rest(NAME, "right", Duration.ofHours(24), "gmail-daily-limit", "550 5.4.5 quota");
    assertThat(said()).startsWith("warning account-rests: the account me@gmail.com");
  }
}

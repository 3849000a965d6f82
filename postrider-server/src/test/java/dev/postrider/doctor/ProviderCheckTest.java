package dev.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.account.AccountName;
import dev.postrider.account.AccountState;
import dev.postrider.failure.FailureRules;
import dev.postrider.smtp.LoginOutcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProviderCheckTest {
  @TempDir Path directory;

  private final List<AccountState> stopped = new ArrayList<>();
  private final List<String> tried = new ArrayList<>();
  private LoginOutcome outcome = LoginOutcome.WORKS;
  private String step = "logged in as me";

  private String said(String... lines) throws Exception {
    AccountsCheck.Source source =
        new AccountsCheck.Source() {
          @Override
          public List<AccountState> stopped() {
            return stopped;
          }

          @Override
          public List<dev.postrider.oauth.AccountState> tokens() {
            return List.of();
          }
        };
    ProviderCheck.Trial trial =
        (service, destination, say) -> {
          tried.add(service + " " + destination);
          say.accept(step);
          return outcome;
        };
    return Installation.said(
        new ProviderCheck(
            new Installation(directory).main(lines).subject(),
            trial,
            source,
            FailureRules.shipped()));
  }

  @Test
  void aServerThatTakesTheLoginIsWell() throws Exception {
    assertThat(said("relayhost = [smtp.example.com]:587"))
        .isEqualTo("ok provider: [smtp.example.com]:587: logged in as me | \n");
    assertThat(tried).containsExactly("smtp [smtp.example.com]:587");
  }

  @Test
  void eachLoginOfAServerIsTriedOnce() throws Exception {
    said(
        "relayhost = me@[smtp.example.com]:587, you@[smtp.example.com]:587 me@[smtp.example.com]:587");

    assertThat(tried)
        .containsExactly("smtp me@[smtp.example.com]:587", "smtp you@[smtp.example.com]:587");
  }

  @Test
  void aRefusedPasswordIsNamedWithItsRemedy() throws Exception {
    outcome = LoginOutcome.REFUSED;
    step =
        "failed: SASL authentication failed; server smtp.gmail.com[192.0.2.1] said: 535 5.7.8"
            + " Username and Password not accepted";

    assertThat(said("relayhost = [smtp.gmail.com]:587"))
        .startsWith("error login-refused: [smtp.gmail.com]:587: SASL authentication failed; server")
        .contains("| Make one at https://myaccount.google.com/apppasswords");
  }

  @Test
  void aCertificateThatNobodyVouchesForIsNamed() throws Exception {
    outcome = LoginOutcome.UNUSABLE;
    step = "failed: Server certificate not trusted: untrusted issuer";

    assertThat(said("relayhost = [smtp.example.com]:587"))
        .startsWith("error provider-unusable: ")
        .contains("| Set smtp_tls_CAfile = /etc/ssl/certs/ca-certificates.crt");
  }

  @Test
  void anAccountThatRestsIsNotTried() throws Exception {
    stopped.add(
        new AccountState(
            new AccountName("me", "smtp.example.com"),
            AccountState.Kind.RESTS,
            1,
            "",
            "SASL authentication failed",
            Installation.NOW,
            Installation.NOW.plusSeconds(60)));

    assertThat(said("relayhost = [SMTP.example.com]:587"))
        .contains("note login-not-tried: ", "the login me is not tried, because it rests");
    assertThat(tried).isEmpty();
  }

  @Test
  void whatCannotBeReachedIsAnothersFinding() throws Exception {
    outcome = LoginOutcome.UNREACHABLE;

    assertThat(said("relayhost = [smtp.example.com]:587")).isEmpty();
  }

  @Test
  void whoSendsDirectlyHasNoProvider() throws Exception {
    assertThat(said()).isEmpty();
  }
}

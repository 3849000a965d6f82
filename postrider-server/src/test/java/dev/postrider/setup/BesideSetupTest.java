package dev.postrider.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.config.Config;
import dev.postrider.provider.Provider;
import dev.postrider.provider.ProviderList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BesideSetupTest {
  private static final String HOP = "me@icloud.com@[smtp.mail.me.com]:587";

  @TempDir private Path etc;

  private void add(Map<String, String> settings, BesideSetup.Choice choice) throws IOException {
    Files.writeString(etc.resolve("main.cf"), "");
    Files.writeString(etc.resolve("master.cf"), "smtp unix - - n - - smtp\n");
    Provider provider = ProviderList.shipped().named("icloud").orElseThrow();
    Account account =
        new Account("me@icloud.com", provider, provider.servers().getFirst(), "me@icloud.com");
    ChangeSet changes = new ChangeSet(etc);
    new BesideSetup(Config.of(etc, settings), account, choice, etc).addTo(changes);
    changes.make(Instant.EPOCH);
  }

  private String file(String name) throws IOException {
    return Files.readString(etc.resolve(name));
  }

  private static BesideSetup.Choice senders(String... senders) {
    return new BesideSetup.Choice(List.of(senders), List.of(), List.of());
  }

  @Test
  void whatServedOtherMailGoesOnServingIt() throws IOException {
    add(
        Map.of(
            "relayhost", "[smtp.example.com]:587",
            "smtp_tls_security_level", "secure",
            "sender_dependent_relayhost_maps", "hash:/etc/postfix/mine",
            "postrider_relay_sender_maps", "static:me@example.com"),
        new BesideSetup.Choice(List.of("me@icloud.com", "@i.example"), List.of(), List.of("bob")));

    assertThat(file("main.cf"))
        .contains(
            "sender_dependent_relayhost_maps = texthash:$config_directory/sender_accounts,"
                + " hash:/etc/postfix/mine\n",
            "postrider_submitter_relayhost_maps = texthash:$config_directory/user_accounts\n",
            "postrider_relay_sender_maps = texthash:$config_directory/account_senders,"
                + " static:me@example.com\n",
            "smtp_tls_policy_maps = texthash:$config_directory/tls_policies\n")
        .doesNotContain("relayhost = [", "smtp_tls_security_level", "smtp_tls_wrappermode");
    assertThat(file("sender_accounts"))
        .contains("me@icloud.com " + HOP + "\n", "@i.example " + HOP + "\n");
    assertThat(file("user_accounts")).contains("bob " + HOP + "\n");
    assertThat(file("account_senders")).contains(HOP + " me@icloud.com\n");
    assertThat(file("master.cf")).isEqualTo("smtp unix - - n - - smtp\n");
  }

  @Test
  void itsPasswordGoesToItsServerOnlyWhateverTheFirstAccountDoes() throws IOException {
    add(Map.of("smtp_tls_security_level", "may"), senders("me@icloud.com"));

    assertThat(file("tls_policies")).contains("[smtp.mail.me.com]:587 secure\n");
    assertThat(file("main.cf")).contains("smtp_tls_policy_maps = texthash:");
  }

  /** Sending without a provider, which may be set up later, checks no certificates. */
  @Test
  void itsPasswordGoesToItsServerOnlyWhateverTheFirstAccountWillDo() throws IOException {
    add(Map.of("smtp_tls_security_level", "secure"), senders("me@icloud.com"));

    assertThat(file("tls_policies")).contains("[smtp.mail.me.com]:587 secure\n");
    assertThat(file("main.cf"))
        .contains("smtp_tls_policy_maps = texthash:$config_directory/tls_policies\n");
  }

  @Test
  void whereTlsBeginsInAnotherWayItHasAClientOfItsOwn() throws IOException {
    add(
        Map.of("smtp_tls_security_level", "secure", "smtp_tls_wrappermode", "yes"),
        new BesideSetup.Choice(List.of("me@icloud.com"), List.of("firm.example"), List.of()));

    assertThat(file("master.cf"))
        .isEqualTo(
            "smtp unix - - n - - smtp\nsmtp-starttls unix - - n - - smtp\n"
                + "  -o smtp_tls_wrappermode=no\n");
    assertThat(file("sender_clients")).contains("me@icloud.com smtp-starttls:\n");
    assertThat(file("recipient_accounts")).contains("firm.example smtp-starttls:" + HOP + "\n");
  }
}

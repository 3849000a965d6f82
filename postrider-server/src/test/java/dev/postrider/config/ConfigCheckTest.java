package dev.postrider.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigCheckTest {
  @TempDir Path directory;

  private ConfigCheck check(String main, String master) throws Exception {
    Files.writeString(directory.resolve("main.cf"), main + "\n");
    Files.writeString(directory.resolve("master.cf"), master + "\n");
    return ConfigCheck.of(Config.load(directory), MasterConfig.load(directory));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination",
        "smtpd_client_restrictions = Permit_MyNetworks reject",
        "smtpd_helo_restrictions =",
        "authorized_submit_users = !www-data, static:anyone",
        "smtp_tls_security_level = encrypt",
        "smtp_tls_security_level ="
      })
  void whatIsActedOnIsNotCalledIgnored(String setting) throws Exception {
    ConfigCheck check = check(setting, "");

    assertThat(check.warnings()).isEmpty();
    assertThat(check.errors()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "smtpd_recipient_restrictions = permit_mynetworks, reject_unknown_sender_domain",
        "smtp_tls_security_level = half-dane",
        "smtpd_milters = inet:localhost:8891",
        "smtpd_tls_security_level = encrypt"
      })
  void whatIsNotActedOnAndMakesMailLessSafeIsAnError(String setting) throws Exception {
    ConfigCheck check = check("# first\n" + setting, "");

    assertThat(check.errors())
        .singleElement()
        .asString()
        .startsWith(
            directory.resolve("main.cf") + ", line 2: " + setting.replace(" = ", "=") + " is not");
  }

  @Test
  void anOverrideOfAServiceIsLookedAtToo() throws Exception {
    ConfigCheck check =
        check(
            "",
            "# first\nsubmission inet n - n - - smtpd\n"
                + "  -o smtpd_client_restrictions=permit_sasl_authenticated,reject\n"
                + "  -o smtpd_helo_restrictions=reject_invalid_helo_hostname\n");

    assertThat(check.errors())
        .singleElement()
        .asString()
        .startsWith(directory.resolve("master.cf") + ", line 2: smtpd_helo_restrictions=");
  }

  @Test
  void whatIsNotActedOnButSafeIsAWarning() throws Exception {
    ConfigCheck check = check("smtpd_tls_security_level = may", "");

    assertThat(check.errors()).isEmpty();
    assertThat(check.warnings())
        .containsExactly(
            directory.resolve("main.cf")
                + ", line 1: smtpd_tls_security_level=may is not supported yet and is ignored");
  }
}

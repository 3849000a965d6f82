package dev.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.config.ConfigCheck;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationCheckTest {
  @TempDir Path directory;

  private String said(String... lines) throws Exception {
    Subject subject = new Installation(directory).main(lines).subject();
    ConfigCheck found = ConfigCheck.of(subject.config(), subject.master());
    return Installation.said(
        new ConfigurationCheck(
            subject,
            (warnings, errors) -> {
              found.warnings().forEach(warnings);
              found.errors().forEach(errors);
            }));
  }

  @Test
  void aSoundConfigurationIsSound() throws Exception {
    assertThat(said()).startsWith("ok configuration: ");
  }

  @Test
  void aMisspelledParameterIsNamedWithTheCommandThatRemovesIt() throws Exception {
    assertThat(said("relayhosst = [smtp.example.com]:587"))
        .contains("warning unused-parameter: ", "relayhosst")
        .contains("| postconf -c " + directory + " -X relayhosst\n");
  }

  @Test
  void anUnsupportedSettingIsNamedWithItsLine() throws Exception {
    assertThat(said("smtpd_tls_wrappermode = yes"))
        .contains("main.cf, line 7: smtpd_tls_wrappermode=yes")
        .contains("edit line 7 of " + directory.resolve("main.cf"));
  }
}

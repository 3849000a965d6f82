package dev.postrider.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How sources are written. */
class SecretSourceTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:/etc/postfix/secrets.d/example",
        "systemd:smtp-password",
        "systemd:/etc/credstore.encrypted/smtp",
        "env:SMTP_PASSWORD",
        "command:pass show mail/example",
        "keychain:smtp.example.com",
        "keychain:smtp.example.com me@example.com",
        "service:service=smtp user=me",
        "oauth:me@example.com"
      })
  void aSourceIsWrittenAsItIsRead(String text) throws Exception {
    assertThat(SecretSource.parse(text).text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "file:",
        "file:relative",
        "env:1A",
        "env:A B",
        "service:x",
        "service:--all=1",
        "systemd:../etc/shadow",
        "systemd:.."
      })
  void whatIsNoSourceIsRefused(String text) {
    assertThatThrownBy(() -> SecretSource.parse(text)).isInstanceOf(ConfigException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hunter2hunter2", "password:hunter2hunter2"})
  void aPasswordInThePlaceOfASourceIsNotRepeated(String text) {
    assertThatThrownBy(() -> SecretSource.parse(text))
        .hasMessageContaining("use file:PATH")
        .message()
        .doesNotContain("hunter2");
  }

  @Test
  void messagesHaveTheFirstWordOfACommand() throws Exception {
    assertThat(SecretSource.parse("command:curl -u me:hunter2 http://x").label())
        .isEqualTo("command:curl ...");
  }

  @Test
  void aSecretPrintsAsAsterisks() {
    Secret secret = Secret.of("hunter2");

    assertThat(secret + " " + new SecretAnswer.Found(secret)).doesNotContain("hunter2");
    assertThat(secret.text()).isEqualTo("hunter2");
  }

  @Test
  void whatWasTypedIsOverwritten() {
    char[] typed = "hünter2".toCharArray();

    assertThat(Secret.taking(typed).text()).isEqualTo("hünter2");
    assertThat(typed).containsOnly('\0');
  }
}

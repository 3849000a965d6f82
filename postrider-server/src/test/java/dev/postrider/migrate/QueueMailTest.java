package dev.postrider.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.config.Config;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueueMailTest {
  @ParameterizedTest
  @CsvSource({
    "MAILER-DAEMON, MAILER-DAEMON@host.test",
    "postmaster, postmaster@host.test",
    "lost@other.test, lost@other.test",
    "'', MAILER-DAEMON@host.test",
    "@other.test, MAILER-DAEMON@host.test",
  })
  void theEmptyAddressIsWhoeverIsNamed(String setting, String recipient) {
    Config config =
        Config.of(
            Path.of("/nonexistent"),
            Map.of("myorigin", "host.test", "empty_address_recipient", setting));

    assertThat(QueueMail.nobody(config).internal()).isEqualTo(recipient);
  }
}

package dev.postrider.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.config.Config;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectSetupTest {
  private static final String SENDERS = "postrider_relay_sender_maps";

  @TempDir private Path root;

  private Map<String, String> settings(Map<String, String> before) {
    return new DirectSetup(Config.of(root, before), "mail.example.com", root).settings();
  }

  @Test
  void sendersOfAccountsBesideStay() {
    String beside = "texthash:$config_directory/account_senders";
    assertThat(settings(Map.of(SENDERS, beside + ", static:me@gmail.com")))
        .containsEntry(SENDERS, beside);
    assertThat(settings(Map.of(SENDERS, beside))).containsEntry(SENDERS, beside);
  }

  @Test
  void theSenderOfTheAccountForAllMailGoes() {
    assertThat(settings(Map.of(SENDERS, "static:me@gmail.com"))).containsEntry(SENDERS, "");
    assertThat(settings(Map.of())).doesNotContainKey(SENDERS);
  }
}

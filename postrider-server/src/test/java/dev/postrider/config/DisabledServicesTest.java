package dev.postrider.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DisabledServicesTest {
  private static final String MASTER =
      """
      smtp inet n - n - - smtpd
      587 inet n - n - - smtpd
      smtp unix - - n - - smtp
      local unix - n n - - local
      """;

  @Test
  void aTypeOrANameWithItsTypeIsLeftOut() throws ConfigException {
    assertThat(left("")).hasSize(4);
    assertThat(left("inet")).containsExactly("smtp/unix", "local/unix");
    assertThat(left("587/inet")).containsExactly("smtp/inet", "smtp/unix", "local/unix");
    assertThat(left("587.INET")).containsExactly("smtp/inet", "smtp/unix", "local/unix");
  }

  @Test
  void theFirstPatternThatFitsDecides() throws ConfigException {
    assertThat(left("!587/inet, inet")).containsExactly("587/inet", "smtp/unix", "local/unix");
    assertThat(left("inet, !587/inet")).containsExactly("smtp/unix", "local/unix");
  }

  private static List<String> left(String disabled) throws ConfigException {
    Config config = Config.of(Path.of("/x"), Map.of("master_service_disable", disabled));
    return MasterConfig.parse("master.cf", MASTER).enabled(config).services().stream()
        .map(service -> service.name() + "/" + service.type())
        .toList();
  }
}

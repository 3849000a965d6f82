package dev.postrider.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class NameSourcesTest {
  @Test
  void aSwitchNamesSourcesAndWhatToDoWhenTheyFail() {
    assertThat(
            NameSources.parse(
                List.of(
                    "# passwd: nis",
                    "passwd:         files systemd sss # the firm's",
                    "group:files [SUCCESS=merge] ldap",
                    "",
                    "netgroup:",
                    "nonsense")))
        .containsOnlyKeys("passwd", "group", "netgroup")
        .containsEntry("passwd", List.of("files", "systemd", "sss"))
        .containsEntry("group", List.of("files", "ldap"))
        .containsEntry("netgroup", List.of());
  }
}

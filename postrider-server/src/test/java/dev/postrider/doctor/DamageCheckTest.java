package dev.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DamageCheckTest {
  @TempDir Path directory;

  @Test
  void damageThatWasSetAsideIsToldWithTheCommandThatSaves() throws Exception {
    Subject subject = new Installation(directory).subject();
    assertThat(Installation.said(new DamageCheck(subject))).startsWith("ok spool");
    Path quarantine = Files.createDirectories(directory.resolve("q/spool/quarantine"));
    Files.writeString(quarantine.resolve("0000000001-17"), "torn");

    assertThat(Installation.said(new DamageCheck(subject)))
        .startsWith("warning spool-damaged: 1 damaged part is set aside in " + quarantine)
        .contains("| postrider spool salvage -c " + directory);
  }
}

package dev.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoriesCheckTest {
  @TempDir Path directory;

  private void make() throws IOException {
    for (Map.Entry<String, Integer> each :
        Map.of(
                "q",
                0755,
                "q/spool",
                0700,
                "q/events",
                0700,
                "q/maildrop",
                03733,
                "q/public",
                0755,
                "q/private",
                0700,
                "q/pid",
                0755,
                "data",
                0700)
            .entrySet()) {
      Path path = Files.createDirectories(directory.resolve(each.getKey()));
      Files.setAttribute(path, "unix:mode", each.getValue());
    }
  }

  private String said() throws Exception {
    return Installation.said(new DirectoriesCheck(new Installation(directory).subject()));
  }

  @Test
  void theModesOfAFreshStartAreWell() throws Exception {
    make();

    assertThat(said()).startsWith("ok directories");
  }

  @Test
  void beforeTheFirstStartThereAreNone() throws Exception {
    assertThat(said())
        .startsWith("warning directory-missing: ")
        .contains("| postfix -c " + directory + " start");
  }

  @Test
  void eachFaultIsNamedWithItsModeAndRemedy() throws Exception {
    make();
    Files.setAttribute(directory.resolve("q/maildrop"), "unix:mode", 0700);
    Files.setAttribute(directory.resolve("q/spool"), "unix:mode", 0755);
    Files.delete(directory.resolve("q/private"));

    assertThat(said())
        .contains(
            "error directory-mode: " + directory + "/q/maildrop has the mode 0700 instead of 3733")
        .contains("warning directory-mode: " + directory + "/q/spool has the mode 0755: it is open")
        .contains("error directory-missing: " + directory + "/q/private is not there")
        .contains("| postfix -c " + directory + " set-permissions");
  }
}

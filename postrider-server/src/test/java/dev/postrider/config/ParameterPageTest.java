package dev.postrider.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParameterPageTest {
  @TempDir Path directory;

  private String rendered() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/groff")), "needs groff");
    Path page = Files.writeString(directory.resolve("postconf.5"), ParameterPage.text());
    Process groff =
        new ProcessBuilder("groff", "-mandoc", "-Tascii", "-P-cbou", "-ww", page.toString())
            .redirectErrorStream(true)
            .start();
    String text = new String(groff.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(groff.waitFor()).isZero();
    return text.replaceAll("\\s+", " ");
  }

  @Test
  void everyParameterHasItsEntry() {
    List<String> entries =
        ParameterPage.text()
            .lines()
            .filter(line -> line.startsWith(".It Va "))
            .map(line -> line.split(" ")[2])
            .toList();

    assertThat(entries)
        .containsExactlyElementsOf(Registry.get().all().stream().map(Parameter::name).toList());
  }

  @Test
  void groffHasNothingToSayAboutIt() throws IOException, InterruptedException {
    assertThat(rendered()).doesNotContain("postconf.5:");
  }

  @Test
  void theDefaultAndTheUnitAreThere() throws IOException, InterruptedException {
    assertThat(rendered())
        .contains("maximal_queue_lifetime (5d) ")
        .contains("queue_directory (/var/spool/postrider) ")
        .contains("address_verify_negative_refresh_time (3h) Not supported yet. ")
        .contains("(empty)");
  }

  @Test
  void valuesWithSignsOfTroffAreWhole() throws IOException, InterruptedException {
    assertThat(rendered())
        .contains("forward_path ($home/.forward${recipient_delimiter}${extension}, $home/.forward)")
        .containsPattern(
            "smtpd_expansion_filter \\(\\\\t\\\\40!\"#\\$%&'\\(\\)\\*\\+,-\\./0123456789: ?;<=>\\?@");
  }

  @Test
  void whatDoesNotWorkSaysSo() throws IOException, InterruptedException {
    assertThat(rendered())
        .containsPattern("header_checks \\(empty\\) Not supported yet, and unsafe to ignore")
        // groff may break the words before these.
        .contains(", secure, dane, dane-only; others are an error.")
        .contains(
            "tls_random_source (dev:/dev/urandom) Java has random numbers of its own. It means");
  }
}

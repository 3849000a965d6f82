package dev.postrider.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainFileFuzzTest {
  private static final String[] PIECES = {
    "a",
    "b",
    "relayhost",
    "smtpd_timeout",
    "compatibility_level",
    "mynetworks",
    " ",
    "\t",
    "\n",
    "\n ",
    "\r\n",
    "#",
    "=",
    " = ",
    "$",
    "${",
    "$(",
    "}",
    ")",
    "{",
    "$a",
    "${b?",
    ":",
    "?{",
    "}:{",
    "${{$a} == {",
    "<level",
    ">=",
    "3.6",
    "5d",
    "10q",
    "\0",
    "\uFEFF",
    "\u00e9",
    "-o",
    "smtp unix",
    "- - n - - smtp",
    "inet",
    "yes",
    ",",
    "domain_to_ascii{",
    "$$",
    "\\",
  };

  @TempDir Path directory;

  @Test
  void noTextMakesTheParserFailOtherThanByAnErrorThatNamesThePlace() throws Exception {
    Random random = new Random(20_261_120);
    int refused = 0;
    for (int round = 0; round < 1_000; round++) {
      String text = text(random);
      Files.writeString(directory.resolve("main.cf"), text);
      Files.writeString(directory.resolve("master.cf"), text);
      refused += Assertions.assertTimeoutPreemptively(Duration.ofSeconds(10), () -> load(), text);
    }

    // Both kinds must occur, or the pieces test nothing.
    assertThat(refused).isBetween(100, 1_900);
  }

  private int load() {
    int refused = 0;
    try {
      Config config = Config.load(directory);
      config.setNames().forEach(config::text);
      config.list("mynetworks");
    } catch (ConfigException e) {
      assertThat(e.getMessage()).contains("main.cf, line ");
      refused++;
    }
    try {
      MasterConfig.load(directory);
    } catch (ConfigException e) {
      assertThat(e.getMessage()).containsAnyOf("master.cf: line ", "invalid ");
      refused++;
    }
    return refused;
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder(random.nextBoolean() ? "a = " : "");
    for (int i = random.nextInt(40); i >= 0; i--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString();
  }
}

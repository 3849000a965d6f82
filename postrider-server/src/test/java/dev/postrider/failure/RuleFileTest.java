package dev.postrider.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuleFileTest {
  private static final String OWN =
      """
      format 1
      version 2026-12-01

      rule our-gate
      stage mail
      code 550
      host gate.example
      text not today
      what The gate is closed for {sender}.
      who admin
      do Call the porter; it is port {port} of {host}.
      queue defer 2h

      rule no-such-user
      stage rcpt
      code 550
      text 5.1.1
      what Nobody is called {recipient} here.
      who recipient
      do Ask.
      queue bounce
      """;

  @Test
  void ownRulesComeFirstAndReplaceThoseOfTheSameId(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("own.txt"), OWN);
    FailureRules rules =
        FailureRules.of(Config.of(directory, Map.of("postrider_failure_rules", file.toString())));

    Incident gate =
        new Incident(
            Stage.MAIL, 550, "5.7.1 Not today", "a.gate.example", 2525, Incident.Way.RELAY);
    Advice advice = rules.find(gate, new Facts("a@b", "", "", -1)).orElseThrow();
    assertThat(advice.what()).isEqualTo("The gate is closed for a@b.");
    assertThat(advice.remedy()).isEqualTo("Call the porter; it is port 2525 of a.gate.example.");
    assertThat(advice.treatment()).isEqualTo(new Treatment.Defer(Duration.ofHours(2)));
    assertThat(
            rules.find(
                new Incident(Stage.MAIL, 550, "Not today", "other.example", 25, Incident.Way.RELAY),
                Facts.none()))
        .isEmpty();
    assertThat(
            rules.explain(
                "host x[1.2.3.4] said: 550 5.1.1 gone (in reply to RCPT TO command)",
                new Facts("", "c@d", "", -1)))
        .map(Advice::what)
        .contains("Nobody is called c@d here.");
    assertThat(rules.all().stream().filter(each -> each.id().equals("no-such-user"))).hasSize(1);
  }

  @Test
  void aBadLineIsNamedWithItsRemedy() {
    for (String[] each :
        new String[][] {
          {
            "queue defer 2h", "queue defer soon", "line 12: bad treatment \"defer soon\" (use reply"
          },
          {"stage mail", "stage male", "line 5: bad stage \"male\" (use any"},
          {"code 550", "code 5", "line 6: bad code \"5\" (use 535"},
          {"who admin", "who me", "line 10: bad person \"me\" (use you"},
          {"{sender}", "{password}", "line 9: nothing is called {password} (use address, host"},
          {"format 1", "format 2", "line 1: format 2 is not known"},
          {"rule our-gate", "rule Our Gate", "line 4: bad id \"Our Gate\""},
        }) {
      String text =
          OWN.replaceFirst(
              java.util.regex.Pattern.quote(each[0]),
              java.util.regex.Matcher.quoteReplacement(each[1]));
      assertThatThrownBy(() -> FailureRules.shipped().with("own.txt", text.lines().toList()))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("own.txt " + each[2]);
    }
    assertThatThrownBy(() ->
            FailureRules.shipped()
                .with("own.txt", List.of("rule x", "what A.", "who you", "do B.", "code 550")))
        .hasMessageContaining("format 1");
  }

  @Test
  void aMissingFileIsSaid(@TempDir Path directory) {
    Config config = Config.of(directory, Map.of("postrider_failure_rules", directory + "/nothing"));
    assertThatThrownBy(() -> FailureRules.of(config))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("postrider_failure_rules = " + directory + "/nothing");
  }

  @Test
  void sizeAndLimitAreTheMessages() {
    assertThat(
            FailureRules.shipped()
                .explain(
                    "message size 20 exceeds size limit 10 of server mx.example[192.0.2.1]",
                    Facts.none()))
        .map(Advice::what)
        .contains("The message has 20 bytes; mx.example takes 10.");
  }
}

package dev.postrider.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whatever is wrong in a file of templates is said with its place. */
class BounceTemplatesTest {
  private static final Config CONFIG = Config.of(Path.of("/nonexistent"), Map.of());

  private final List<String> warnings = new ArrayList<>();

  private BounceTemplates of(String text) throws ConfigException {
    return BounceTemplates.builtIn().with("/etc/bounce.cf", text, warnings);
  }

  private void assertFault(String kind, String text, String fault) throws ConfigException {
    BounceTemplates templates = of(text);
    assertThat(warnings).isEmpty();
    assertThatThrownBy(() -> templates.expandedText(kind, CONFIG))
        .isInstanceOf(ConfigException.class)
        .hasMessage(fault);
  }

  @Test
  void anUnknownNameIsSaidWithFileAndLine() throws ConfigException {
    assertFault(
        "failure",
        """
        # Ours.
        failure_template = <<EOF
        Subject: x


        The host $myhostname
        found $nosuch here.
        EOF
        """,
        "/etc/bounce.cf, line 7: undefined $nosuch in failure template: found $nosuch here.");
  }

  @Test
  void anUnknownUnitIsSaidWithTheOnesThereAre() throws ConfigException {
    assertFault(
        "delay",
        "delay_template = <<EOF\nSubject: x\n\nlate: ${delay_warning_time_years}\nEOF\n",
        "/etc/bounce.cf, line 4: unrecognized suffix \"years\" in $delay_warning_time_years (use"
            + " seconds, minutes, hours, days or weeks) in delay template: late:"
            + " ${delay_warning_time_years}");
  }

  @Test
  void everyOtherFaultIsSaidWithFileAndLine() throws ConfigException {
    BounceTemplates _ =
        of(
            """
            other_template = <<EOF
            Subject: x

            x
            EOF
            failure_template = <<EOF
            Subject: x
            Foo: x

            x
            EOF
            delay_template = <<EOF
            Subject: x
            EOF
            success_template = <<EOF
            Subject: x
            Charset: a b

            x
            EOF
            verify_template = <<END
            Subject: x

            x
            h\u00f6h
            """);

    String ignored = " -- ignoring this template";
    assertThat(warnings)
        .containsExactly(
            "/etc/bounce.cf, line 21: missing \"END\" at the end of verify_template",
            "/etc/bounce.cf, line 1: unknown template name: other_template" + ignored,
            "/etc/bounce.cf, line 8: unknown \"Foo\" header label in failure template" + ignored,
            "/etc/bounce.cf, line 13: missing message text in delay template" + ignored,
            "/etc/bounce.cf, line 17: bad Charset value in success template" + ignored,
            "/etc/bounce.cf, line 25: 8-bit message text in verify template with charset us-ascii"
                + " (add a line such as \"Charset: utf-8\")"
                + ignored);
  }
}

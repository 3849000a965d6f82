package dev.postrider.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTest {
  @TempDir Path directory;

  @Test
  void commentsAndBlankLinesInsideALogicalLineDoNotEndIt() throws Exception {
    Config config =
        load(
            """
            # a comment
            relayhost = [smtp.example.com]
            # still inside

              :587
            myorigin = example.com
            """);

    assertThat(config.text("relayhost")).isEqualTo("[smtp.example.com]  :587");
    assertThat(config.text("myorigin")).isEqualTo("example.com");
  }

  @Test
  void windowsLineEndsAByteOrderMarkAndTabsDoNoHarm() throws Exception {
    Config config = load("\uFEFFmyhostname\t=\tmail.example.com\r\nmydestination = a,\r\n\tb\r\n");

    assertThat(config.text("myhostname")).isEqualTo("mail.example.com");
    assertThat(config.list("mydestination")).containsExactly("a", "b");
  }

  @Test
  void theLastOfTwoSettingsWinsWithAWarning() throws Exception {
    Config config = load("myorigin = a\nrelayhost = r\nmyorigin = b\n");

    assertThat(config.text("myorigin")).isEqualTo("b");
    assertThat(config.warnings())
        .containsExactly(file() + ", line 3: overriding earlier entry: myorigin=a");
  }

  @Test
  void myoriginMayBeAFileWithTheDomainAsInDebiansMainCf() throws Exception {
    Path mailname = Files.writeString(directory.resolve("mailname"), "mail.example.com\n");

    Config config = load("myorigin = " + mailname + "\nmydestination = $myorigin, localhost\n");

    assertThat(config.text("myorigin")).isEqualTo("mail.example.com");
    assertThat(config.list("mydestination")).containsExactly("mail.example.com", "localhost");
    assertThatThrownBy(() -> load("myorigin = /nonexistent/mailname\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("/nonexistent/mailname");
  }

  @Test
  void theSameSettingTwiceIsNoWarning() throws Exception {
    assertThat(load("myorigin = a\nmyorigin = a\n").warnings()).isEmpty();
  }

  @Test
  void aLineWithoutAnEqualsSignIsRefusedWithItsPlace() {
    assertThatThrownBy(() -> load("myorigin = a\n\nfoo bar\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(file() + ", line 3: missing '=' after attribute name: \"foo bar\"");
    assertThatThrownBy(() -> load("= a\n"))
        .hasMessage(file() + ", line 1: missing attribute name: \"= a\"");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> Config.load(directory))
        .isInstanceOf(ConfigException.class)
        .hasMessage("open " + file() + ": No such file or directory");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "smtp_connect_timeout = 5q | bad time \"5q\" (use a number and s, m, h, d or w)",
        "smtp_connect_timeout = | bad time",
        "queue_run_delay = 0 | too small",
        "queue_run_delay = 99999999999999999999s | bad time",
        "maximal_queue_lifetime = 5000000d | bad time",
        "smtpd_recipient_limit = many | bad number \"many\" (use digits only)",
        "smtpd_recipient_limit = 0 | too small",
        "message_size_limit = 10M | bad number",
        "append_dot_mydomain = maybe | bad yes-or-no value \"maybe\" (use yes or no)",
        "smtp_tls_security_level = strong | use one of: none, may, encrypt",
        "compatibility_level = new | bad level \"new\" (use a version such as 3.6)",
        "relayhost = ${x | truncated macro reference",
        "x = $y\ty=$x\tmyorigin=$x | nesting",
      })
  void aBadValueIsRefusedWithFileLineParameterValueAndRemedy(String setting, String complaint) {
    String name = setting.substring(0, setting.indexOf(' '));

    assertThatThrownBy(() -> load("# first\n" + setting.replace('\t', '\n') + "\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(file() + ", line 2: " + name + ": ")
        .hasMessageContaining(complaint);
  }

  @Test
  void valuesAreReadByType() throws Exception {
    Config config =
        load(
            """
            smtp_connect_timeout = 2m
            maximal_queue_lifetime = 3
            queue_run_delay = 2weeks
            smtpd_recipient_limit = 50
            message_size_limit = 9876543210
            append_dot_mydomain = YES
            smtp_tls_security_level = Encrypt
            mynetworks = 10.0.0.0/8, 192.0.2.1  {a b, c}
            """);

    assertThat(config.time("smtp_connect_timeout")).isEqualTo(Duration.ofMinutes(2));
    assertThat(config.time("maximal_queue_lifetime")).isEqualTo(Duration.ofDays(3));
    assertThat(config.time("queue_run_delay")).isEqualTo(Duration.ofDays(14));
    assertThat(config.number("smtpd_recipient_limit")).isEqualTo(50);
    assertThat(config.size("message_size_limit")).isEqualTo(9_876_543_210L);
    assertThat(config.flag("append_dot_mydomain")).isTrue();
    assertThat(config.list("mynetworks")).containsExactly("10.0.0.0/8", "192.0.2.1", "{a b, c}");
  }

  @Test
  void theCompatibilityLevelChoosesDefaults() throws Exception {
    assertThat(load("compatibility_level = 3.10").text("smtp_tls_security_level")).isEmpty();
    assertThat(load("compatibility_level = 3.11").text("smtp_tls_security_level")).isEqualTo("may");
    assertThat(load("compatibility_level = 3.6").flag("append_dot_mydomain")).isFalse();
    assertThat(load("compatibility_level = 0").flag("append_dot_mydomain")).isTrue();
  }

  @Test
  void aMainFileThatNamesNoLevelGetsTodaysDefaults() throws Exception {
    Config config = load("");

    assertThat(config.text("compatibility_level")).isEqualTo("3.11");
    assertThat(config.text("smtp_tls_security_level")).isEqualTo("may");
    assertThat(config.flag("append_dot_mydomain")).isFalse();
    assertThat(config.text("mynetworks_style")).isEqualTo("host");
  }

  @Test
  void ownNamesCanBeUsedInValues() throws Exception {
    Config config = load("provider = smtp.example.com\nrelayhost = [$provider]:${port:587}\n");

    assertThat(config.text("relayhost")).isEqualTo("[smtp.example.com]:587");
    assertThat(config.text("provider")).isEqualTo("smtp.example.com");
  }

  @Test
  void aTransportsParameterFallsBackToTheGeneralOne() throws Exception {
    Config config = load("default_destination_concurrency_limit = 7\n");

    assertThat(config.number("relay_destination_concurrency_limit")).isEqualTo(7);
    assertThat(config.number("local_destination_concurrency_limit")).isEqualTo(2);
    assertThat(
            config
                .with(Map.of("relay_destination_concurrency_limit", "3"))
                .number("relay_destination_concurrency_limit"))
        .isEqualTo(3);
  }

  @Test
  void aServiceSeesItsOwnOverridesAndNames() throws Exception {
    Config config = load("syslog_name = $x/$service_name\nx = mail\n");
    ServiceEntry service =
        MasterConfig.parse(
                "master.cf",
                "relay unix - - n - - smtp -o x=fleet -o { smtp_helo_name = a.example }\n")
            .services()
            .getFirst();

    Config own = config.forService(service);

    assertThat(own.text("syslog_name")).isEqualTo("fleet/relay");
    assertThat(own.text("process_name")).isEqualTo("smtp");
    assertThat(own.text("smtp_helo_name")).isEqualTo("a.example");
  }

  @Test
  void aBadOverrideOfAServiceIsRefusedWithItsPlace() throws Exception {
    Config config = load("");
    ServiceEntry service =
        MasterConfig.parse("m", "\nsmtp inet n - n - - smtpd -o smtpd_timeout=soon\n")
            .services()
            .getFirst();

    assertThatThrownBy(() -> config.forService(service))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            directory.resolve("master.cf")
                + ", line 2: smtpd_timeout: bad time \"soon\" (use a number and s, m, h, d or w)");
  }

  @Test
  void readingByTheWrongTypeOrAnUnknownNameIsABug() throws Exception {
    Config config = load("");

    assertThatThrownBy(() -> config.number("relayhost"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> config.text("no_such_thing"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theHostNameAndItsDomainFollowEachOther() throws Exception {
    assertThat(load("myhostname = a.b.example\n").text("mydomain")).isEqualTo("b.example");
    assertThat(load("myhostname = bare\n").text("mydomain")).isEqualTo("localdomain");
    assertThat(load("").text("myhostname")).contains(".");
    assertThat(load("").text("mydestination")).contains("localhost");
  }

  @Test
  void byDefaultOnlyThisMachineIsTrusted() throws Exception {
    assertThat(load("").text("mynetworks")).isEqualTo("127.0.0.1/32 [::1]/128");
    assertThat(load("compatibility_level = 0").text("mynetworks"))
        .isEqualTo("127.0.0.0/8 [::1]/128");
    assertThat(load("inet_protocols = ipv4").text("mynetworks")).isEqualTo("127.0.0.1/32");
  }

  @Test
  void textThatIsNoUtf8IsKept() throws Exception {
    Files.write(file(), "myorigin = caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));

    assertThat(Config.load(directory).text("myorigin")).isEqualTo("caf\u00e9");
  }

  @Test
  void settingAComputedParameterDoesNothingButWarn() throws Exception {
    Config config = load("process_id = 7\n");

    assertThat(config.isSet("process_id")).isFalse();
    assertThat(config.warnings())
        .isEqualTo(List.of(file() + ": read-only parameter assignment: process_id=7"));
  }

  private Config load(String text) throws Exception {
    Files.writeString(file(), text);
    return Config.load(directory);
  }

  private Path file() {
    return directory.resolve("main.cf");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mydomain = $myhostname",
        "myhostname = mail.$mydomain",
        "inet_interfaces = $mynetworks",
        "foo = $myhostname\nmydomain = ${x"
      })
  void aComputedDefaultThatIsMadeFromItselfIsAnErrorWithItsPlace(String text) throws Exception {
    Path main = Files.writeString(directory.resolve("main.cf"), text + "\n");

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Config.load(directory))
        .withMessageStartingWith(main + ", line 1: ");
  }

  @Test
  void aFileWithoutAnEndIsRefused() throws Exception {
    Path endless = Path.of("/dev/zero");
    assumeTrue(Files.exists(endless));
    Path main = Files.createSymbolicLink(directory.resolve("main.cf"), endless);

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Config.load(directory))
        .withMessageContaining("is no configuration file");
    Files.delete(main);
  }
}

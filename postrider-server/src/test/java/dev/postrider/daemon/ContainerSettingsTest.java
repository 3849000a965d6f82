package dev.postrider.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerSettingsTest {
  @TempDir Path directory;

  private static ContainerSettings of(String... pairs) throws ConfigException {
    Map<String, String> environment = new java.util.HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      environment.put(pairs[i], pairs[i + 1]);
    }
    return ContainerSettings.of(environment);
  }

  @Test
  void variablesAreParametersInCapitals() throws ConfigException {
    ContainerSettings settings =
        of(
            "POSTRIDER_RELAYHOST", "[smtp.example.com]:587",
            "POSTRIDER_MYNETWORKS", "127.0.0.0/8\n  10.0.0.0/8\n",
            "POSTRIDER_SMTP_TLS_CAFILE", "/ca.pem",
            "POSTRIDER_MAILLOG_FILE", "/dev/stdout",
            "POSTRIDER_KEPT_NOTICES", "7",
            "POSTRIDER_HOME", "/opt/postrider",
            "PATH", "/bin");

    assertThat(settings.parameters())
        .containsOnly(
            Map.entry("relayhost", "[smtp.example.com]:587"),
            Map.entry("mynetworks", "127.0.0.0/8 10.0.0.0/8"),
            Map.entry("smtp_tls_CAfile", "/ca.pem"),
            Map.entry("maillog_file", "/dev/stdout"),
            Map.entry("postrider_kept_notices", "7"));
  }

  @Test
  void allMistakesAreToldAtOnceAndNoSecretIs() {
    assertThatThrownBy(() ->
            of(
                "POSTRIDER_RELAYHOTS", "x",
                "POSTRIDER_PORT", "99999",
                "POSTRIDER_SASL_USER", "me",
                "POSTRIDER_SASL_PASSWORD", " hunter2",
                "POSTRIDER_MYHOSTNAME_FILE", "/nonexistent/name"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("POSTRIDER_RELAYHOTS: main.cf has no parameter \"relayhots\"")
        .hasMessageContaining("POSTRIDER_PORT: \"99999\" is no port")
        .hasMessageContaining("cannot be written into a password table")
        .hasMessageContaining("POSTRIDER_MYHOSTNAME_FILE: cannot read /nonexistent/name")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void aLoginNeedsARelay() {
    assertThatThrownBy(() -> of("POSTRIDER_SASL_USER", "me", "POSTRIDER_SASL_PASSWORD", "x"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("needs POSTRIDER_RELAYHOST");
  }

  @Test
  void theFilesOfTheContainerAreThoseMountedWithTheEnvironmentOverThem()
      throws IOException, ConfigException {
    Path mounted = Files.createDirectory(directory.resolve("mounted"));
    Path secret = Files.writeString(directory.resolve("secret"), "app password\n");
    Files.writeString(
        mounted.resolve("main.cf"),
        "myhostname = old.example.com\nmydestination = $myhostname,\n  other.example.com\n"
            + "delay_warning_time = 1h\n");
    Files.writeString(mounted.resolve("virtual"), "a@example.com b@example.com\n");
    Path etc = directory.resolve("etc");

    ContainerFiles.write(
        mounted,
        etc,
        of(
            "POSTRIDER_MYHOSTNAME", "new.example.com",
            "POSTRIDER_RELAYHOST", "[smtp.example.com]:465",
            "POSTRIDER_SASL_USER", "me",
            "POSTRIDER_SASL_PASSWORD_FILE", secret.toString()));

    Config config = Config.load(etc);
    assertThat(config.text("myhostname")).isEqualTo("new.example.com");
    assertThat(config.list("mydestination"))
        .containsExactly("new.example.com", "other.example.com");
    assertThat(config.text("delay_warning_time")).isEqualTo("1h");
    assertThat(config.flag("smtp_tls_wrappermode")).isTrue();
    assertThat(config.text("smtp_tls_security_level")).isEqualTo("secure");
    assertThat(config.warnings()).isEmpty();
    assertThat(Files.readString(etc.resolve("virtual"))).contains("b@example.com");
    assertThat(Files.readString(etc.resolve("main.cf"))).doesNotContain("app password");
    assertThat(Files.readString(etc.resolve("master.cf"))).contains("\n2525      inet  n");
    Path table = etc.resolve("sasl_passwd.environment");
    assertThat(Files.readString(table)).isEqualTo("[smtp.example.com]:465 me:app password\n");
    assertThat(Files.getAttribute(table, "unix:mode")).isEqualTo(0100600);
  }

  @Test
  void aSecondStartBeginsAnew() throws IOException, ConfigException {
    Path etc = directory.resolve("etc");
    ContainerFiles.write(
        directory.resolve("none"), etc, of("POSTRIDER_MYHOSTNAME", "a.example.com"));

    ContainerFiles.write(directory.resolve("none"), etc, of("POSTRIDER_PORT", "25"));

    assertThat(Files.readString(etc.resolve("main.cf"))).doesNotContain("a.example.com");
    assertThat(Files.readString(etc.resolve("master.cf"))).contains("\n25      inet  n");
  }
}

package dev.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.oauth.PretendProvider;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code postrider secret} and {@code postrider login} as commands. */
@Timeout(60)
class SecretCommandTest {
  private static final String NAME = "[smtp.example.com]:465";

  @TempDir private Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Duration later = Duration.ZERO;

  @BeforeEach
  void configure() throws IOException {
    Files.createDirectory(directory.resolve("data"));
    Files.writeString(
        directory.resolve("main.cf"),
        """
        compatibility_level = 3.6
        queue_directory = %1$s/q
        data_directory = %1$s/data
        """
            .formatted(directory));
  }

  private int secret(String input, String... arguments) throws InterruptedException {
    InstantSource clock = () -> Instant.now().plus(later);
    return run(
        new SecretCommand(
            (config, master, log) -> {
              throw new IOException("nobody is asked here");
            },
            clock),
        input,
        arguments);
  }

  private int login(String... arguments) throws InterruptedException {
    return run(new LoginCommand(InstantSource.system()), "", arguments);
  }

  private int run(Command command, String input, String... arguments) throws InterruptedException {
    out.reset();
    err.reset();
    List<String> all = new ArrayList<>(List.of("-c", directory.toString()));
    all.addAll(List.of(arguments));
    try {
      return command.run(
          new Invocation(
              "secret",
              all,
              Map.of(),
              new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
              new PrintStream(out, true, StandardCharsets.UTF_8),
              new PrintStream(err, true, StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String all() {
    return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
  }

  private Path kept() {
    return directory.resolve("secrets.d/me@example.com_at_smtp.example.com_465");
  }

  @Test
  void aSecretIsKeptListedAndRemoved() throws Exception {
    assertThat(secret("pass word \nmore\n", "set", NAME, "me@example.com")).isZero();

    assertThat(Files.readString(kept())).isEqualTo("pass word \n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept())))
        .isEqualTo("rw-------");
    assertThat(Files.readString(directory.resolve("secrets")))
        .endsWith(NAME + " me@example.com file:" + kept() + "\n");
    assertThat(all())
        .contains("postconf -e 'smtp_sasl_password_maps = secret:" + directory + "/secrets'")
        .doesNotContain("pass word");

    later = Duration.ofDays(3).plusHours(1);
    assertThat(secret("", "list")).isZero();
    assertThat(all().lines().skip(1))
        .singleElement()
        .asString()
        .matches("\\[smtp.example.com\\]:465 +me@example.com +file:\\S+ +3d +ok");

    assertThat(secret("", "rm", NAME)).isZero();
    assertThat(kept()).doesNotExist();
    assertThat(Files.readString(directory.resolve("secrets"))).doesNotContain("me@example.com");
    assertThat(secret("", "rm", NAME)).isEqualTo(1);
  }

  @Test
  void aNewSecretTakesThePlaceOfTheOldOne() throws Exception {
    assertThat(secret("one\n", "set", NAME, "me@example.com")).isZero();
    assertThat(secret("two\n", "set", NAME)).isZero();

    assertThat(Files.readString(kept())).isEqualTo("two\n");
    assertThat(secret("", "set", NAME)).isEqualTo(69);
    assertThat(Files.readString(kept())).isEqualTo("two\n");
  }

  @Test
  void aSecretAmongTheArgumentsIsRefusedAndNotRepeated() throws Exception {
    assertThat(secret("", "set", NAME, "me@example.com", "hunter2")).isEqualTo(64);

    assertThat(all()).contains("never an argument").doesNotContain("hunter2");
    assertThat(directory.resolve("secrets")).doesNotExist();
  }

  @Test
  void otherSourcesAreOnlyNoted() throws Exception {
    assertThat(secret("", "set", NAME, "me", "--source", "command:pass show x")).isZero();
    assertThat(Files.readString(directory.resolve("secrets")))
        .endsWith(NAME + " me command:pass show x\n");
    assertThat(secret("", "set", NAME, "me", "--source", "oauth:me@example.com")).isZero();
    assertThat(secret("", "list")).isZero();
    assertThat(all()).contains("oauth:me@example.com").contains("nobody has logged in yet");
    assertThat(secret("", "set", NAME, "me", "--source", "hunter2")).isEqualTo(69);
    assertThat(all()).contains("names no source").doesNotContain("hunter2");
  }

  @Test
  void wrongRightsAreListedWithTheirRemedy() throws Exception {
    assertThat(secret("one\n", "set", NAME, "me@example.com")).isZero();
    Files.setPosixFilePermissions(kept(), PosixFilePermissions.fromString("rw-r--r--"));

    assertThat(secret("", "list")).isZero();
    assertThat(all()).contains("chmod 600 " + kept());
  }

  @Test
  void theIndexIsThatOfMainCf() throws Exception {
    Path other = directory.resolve("logins");
    Files.writeString(
        directory.resolve("main.cf"),
        Files.readString(directory.resolve("main.cf"))
            + "smtp_sasl_password_maps = hash:/x, secret:"
            + other
            + "\n");

    assertThat(secret("one\n", "set", NAME, "me@example.com")).isZero();

    assertThat(other).exists();
    assertThat(all()).doesNotContain("does not use it yet");
  }

  @Test
  void aLoginIsMadeListedAndForgotten() throws Exception {
    try (PretendProvider provider = new PretendProvider()) {
      provider
          .then(
              200,
              "{\"device_code\":\"d\",\"user_code\":\"ABCD\",\"interval\":1,"
                  + "\"verification_uri\":\"https://example.com/device\"}")
          .thenTokens("access-1", "refresh-1");

      assertThat(
              login(
                  "me@example.com",
                  "--client-id",
                  "client-1",
                  "--token-url",
                  provider.at("/token").toString(),
                  "--device-url",
                  provider.at("/device").toString(),
                  "--scope",
                  "mail"))
          .isZero();
    }
    assertThat(all())
        .contains("https://example.com/device", "ABCD", "logged in: me@example.com")
        .contains("--source oauth:me@example.com")
        .doesNotContain("access-1", "refresh-1");

    assertThat(login("--list")).isZero();
    assertThat(all()).startsWith("me@example.com  ok  127.0.0.1  token until ");
    assertThat(login("--forget", "me@example.com")).isZero();
    assertThat(login("--list")).isZero();
    assertThat(all()).contains("nobody has logged in yet");
  }

  @Test
  void whatIsMissingForALoginIsSaid() throws Exception {
    assertThat(login("me@gmail.com")).isEqualTo(64);
    assertThat(all()).contains("--client-id").contains("console.cloud.google.com");
    assertThat(login("me@example.com")).isEqualTo(64);
    assertThat(all()).contains("--provider google | microsoft");
    assertThat(login("me@example.com", "--token-url", "http://example.com/token")).isEqualTo(64);
    assertThat(
            login("me", "--token-url", "http://example.com/token", "--device-url", "https://e/d"))
        .isEqualTo(69);
    assertThat(all()).contains("https://");
    assertThat(login("me@gmail.com", "--client-id", "x", "--device")).isEqualTo(1);
    assertThat(all()).contains("google gives no device codes for mail; use --browser");
  }
}

package dev.postrider.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.io.ReadRights;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where secrets come from and go to. */
@Timeout(60)
class SecretsTest {
  private final AtomicLong nanos = new AtomicLong();

  @TempDir private Path directory;

  private SecretAnswer fetch(String source) throws Exception {
    return fetch(secrets(Map.of("PATH", System.getenv("PATH"))), source);
  }

  private static SecretAnswer fetch(Secrets secrets, String source) throws Exception {
    return secrets.fetch((SecretSource.Stored) SecretSource.parse(source));
  }

  private Secrets secrets(Map<String, String> environment) {
    return Secrets.of(environment, Duration.ofSeconds(20), nanos::get);
  }

  private static SecretAnswer found(String text) {
    return new SecretAnswer.Found(Secret.of(text));
  }

  private static String reason(SecretAnswer answer) {
    assertThat(answer).isInstanceOf(SecretAnswer.Unavailable.class);
    return ((SecretAnswer.Unavailable) answer).reason();
  }

  private Path file(String content, String mode) throws IOException {
    Path file = directory.resolve("secret");
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    return file;
  }

  @Test
  void theFirstLineOfAFileCountsWithItsSpaces() throws Exception {
    Path file = file("abcd efgh ijkl mnop \r\nnot this\n", "rw-------");

    assertThat(fetch("file:" + file)).isEqualTo(found("abcd efgh ijkl mnop "));
  }

  @Test
  void aChangedFileCountsAtOnce() throws Exception {
    Secrets secrets = secrets(Map.of());
    Path file = file("one\n", "rw-------");
    assertThat(fetch(secrets, "file:" + file)).isEqualTo(found("one"));

    SecretFiles.write(file, Secret.of("two"));

    assertThat(fetch(secrets, "file:" + file)).isEqualTo(found("two"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw----r--", "rw-----w-", "rw-rw----"})
  void aFileThatOthersReachIsNotReadAndTheRemedyIsSaid(String mode) throws Exception {
    Path file = file("hunter2\n", mode);

    assertThat(reason(fetch("file:" + file)))
        .contains("chmod 600 " + file)
        .doesNotContain("hunter2");
    assertThat(SecretFiles.fault(file)).isPresent();
  }

  @Test
  void aGroupMayRead() throws Exception {
    Path file = file("hunter2\n", "rw-r-----");

    assertThat(fetch("file:" + file)).isEqualTo(found("hunter2"));
  }

  @Test
  void noFileAndAnEmptyFileAreSaid() throws Exception {
    assertThat(reason(fetch("file:" + directory.resolve("none"))))
        .contains("there is no such file");
    assertThat(reason(fetch("file:" + file("\nsecond\n", "rw-------"))))
        .contains("the first line is empty");
    assertThat(reason(fetch("file:" + directory))).contains("regular file");
  }

  @Test
  void aFileIsWrittenForItsOwnerAlone() throws Exception {
    Path file = directory.resolve("new/secret");

    SecretFiles.write(file, Secret.of("hunter2"));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
        .isEqualTo("rwx------");
    try (var files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void aVariableCounts() throws Exception {
    Secrets secrets = secrets(Map.of("SMTP_PASSWORD", "hunter2"));

    assertThat(fetch(secrets, "env:SMTP_PASSWORD")).isEqualTo(found("hunter2"));
    assertThat(reason(fetch(secrets, "env:OTHER"))).contains("has no such variable");
  }

  @Test
  void theFirstLineOfACommandCounts() throws Exception {
    assertThat(fetch("command:printf 'one two\\nthree\\n'")).isEqualTo(found("one two"));
  }

  @Test
  void aCommandSeesNothingOfAMessageAndNothingToRead() throws Exception {
    Secrets secrets =
        secrets(Map.of("PATH", System.getenv("PATH"), "SENDER", "a@b", "HOME", "/home/me"));

    assertThat(fetch(secrets, "command:echo $HOME-$SENDER-$(cat)")).isEqualTo(found("/home/me--"));
  }

  @Test
  void aCommandThatFailsIsSaidWithItsComplaint() throws Exception {
    assertThat(reason(fetch("command:echo hunter2; echo locked >&2; exit 3")))
        .isEqualTo("command:echo ...: exit code 3 (locked)");
    assertThat(reason(fetch("command:true"))).contains("the first line it prints is empty");
  }

  @Test
  void aCommandHasALimitOfTime() throws Exception {
    Secrets secrets = Secrets.of(Map.of(), Duration.ofMillis(300), nanos::get);

    assertThat(reason(fetch(secrets, "command:sleep 30 & wait"))).contains("no answer within");
  }

  @Test
  void aCommandHasALimitOfOutput() throws Exception {
    assertThat(reason(fetch("command:head -c 200000 /dev/zero | tr '\\0' x"))).contains("octets");
  }

  @Test
  void whatACommandSaidIsKeptForAMinuteUnlessItIsRefused() throws Exception {
    Path count = directory.resolve("count");
    String source = "command:echo x >> " + count + "; wc -l < " + count;
    Secrets secrets = secrets(Map.of("PATH", System.getenv("PATH")));

    SecretAnswer first = fetch(secrets, source);
    assertThat(fetch(secrets, source)).isEqualTo(first);
    secrets.forget((SecretSource.Stored) SecretSource.parse(source));
    SecretAnswer second = fetch(secrets, source);
    assertThat(second).isNotEqualTo(first);
    nanos.addAndGet(Duration.ofSeconds(61).toNanos());
    assertThat(fetch(secrets, source)).isNotEqualTo(second);
    assertThat(Files.readAllLines(count)).hasSize(3);
  }

  @Test
  void aCredentialOfSystemdCounts() throws Exception {
    Path file = file("hunter2\n", "r--r-----");
    Secrets secrets = secrets(Map.of("CREDENTIALS_DIRECTORY", directory.toString()));

    assertThat(fetch(secrets, "systemd:" + file.getFileName())).isEqualTo(found("hunter2"));
    assertThat(reason(fetch(secrets, "systemd:other"))).contains("LoadCredentialEncrypted=other");
  }

  /** SecretPrograms of that name, which write down what they are called with and what they read. */
  private Map<String, String> pretending(String program) throws IOException {
    Path script = directory.resolve(program);
    Files.writeString(
        script,
        """
        #!/bin/sh
        echo "$@" >> %1$s/arguments
        cat >> %1$s/input
        echo from-%2$s
        """
            .formatted(directory, program));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return Map.of("PATH", directory + ":" + System.getenv("PATH"));
  }

  private String wrote(String name) throws IOException {
    return Files.readString(directory.resolve(name), StandardCharsets.UTF_8);
  }

  @Test
  void theSecretServiceIsAskedAndGetsSecretsOnStandardInput() throws Exception {
    Map<String, String> environment = pretending("secret-tool");
    String source = "service:service=smtp user=me";

    assertThat(fetch(secrets(environment), source)).isEqualTo(found("from-secret-tool"));
    new SecretKeeper(environment)
        .keep((SecretSource.Stored) SecretSource.parse(source), Secret.of("hunter2"), "Mail");

    assertThat(wrote("arguments"))
        .isEqualTo("lookup service smtp user me\nstore --label=Mail service smtp user me\n");
    assertThat(wrote("input")).isEqualTo("hunter2");
  }

  @Test
  void theKeychainIsAskedAndGetsSecretsOnStandardInput() throws Exception {
    Map<String, String> environment = pretending("security");
    String source = "keychain:smtp.example.com me";

    assertThat(fetch(secrets(environment), source)).isEqualTo(found("from-security"));
    new SecretKeeper(environment)
        .keep((SecretSource.Stored) SecretSource.parse(source), Secret.of("hunter2"), "Mail");

    assertThat(wrote("arguments"))
        .isEqualTo("find-generic-password -s smtp.example.com -a me -w\n-i\n");
    assertThat(wrote("input"))
        .isEqualTo("add-generic-password -U -s \"smtp.example.com\" -a \"me\" -X 68756e74657232\n");
  }

  @Test
  void systemdEncryptsWhatItGetsOnStandardInput() throws Exception {
    Map<String, String> environment = pretending("systemd-creds");
    String source = "systemd:/etc/credstore.encrypted/smtp";

    assertThat(fetch(secrets(environment), source)).isEqualTo(found("from-systemd-creds"));
    new SecretKeeper(environment)
        .keep((SecretSource.Stored) SecretSource.parse(source), Secret.of("hunter2"), "Mail");

    assertThat(wrote("arguments"))
        .isEqualTo(
            "decrypt --name=smtp /etc/credstore.encrypted/smtp -\n"
                + "encrypt --name=smtp - /etc/credstore.encrypted/smtp\n");
    assertThat(wrote("input")).isEqualTo("hunter2");
  }

  @Test
  void aProgramThatIsNotThereIsSaid() throws Exception {
    Secrets secrets = Secrets.of(Map.of("PATH", "/nonexistent"), ReadRights.own());

    assertThat(reason(fetch(secrets, "keychain:x")))
        .isEqualTo("keychain:x: the program security cannot be started here");
  }

  @Test
  void nothingIsKeptInACommand() throws Exception {
    SecretSource.Stored command = (SecretSource.Stored) SecretSource.parse("command:pass show x");

    assertThatThrownBy(() -> new SecretKeeper(Map.of()).keep(command, Secret.of("hunter2"), "Mail"))
        .isInstanceOf(IOException.class)
        .message()
        .contains("command:pass")
        .doesNotContain("hunter2");
  }
}

package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.daemon.PretendProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From nothing to the first message that a provider has taken, and back. */
class SetupTest {
  private static final String USER = "me@provider.test";
  private static final String PASSWORD = "app-pass-9876";

  private Instance host;
  private PretendProvider provider;
  private String before;

  @BeforeEach
  void aMachineWhereNothingIsSetUp() throws IOException, InterruptedException {
    host = Instance.create();
    provider = PretendProvider.start(USER, PASSWORD);
    Files.writeString(host.directory.resolve("ca.pem"), PretendProvider.certificatePem());
    host.main("smtp_tls_CAfile = " + host.directory.resolve("ca.pem"));
    before = main();
  }

  @AfterEach
  void end() throws IOException, InterruptedException {
    host.shell.run("postfix stop");
    provider.close();
    host.close();
  }

  private String main() throws IOException {
    return Files.readString(host.etc.resolve("main.cf"));
  }

  private Shell.Result setup(String password, String... more)
      throws IOException, InterruptedException {
    List<String> command =
        Stream.concat(
                Stream.of("postrider", "setup", USER, "--server", "localhost:" + provider.port()),
                Stream.of(more))
            .toList();
    return host.shell.run(password + "\n", command);
  }

  @Test
  void oneCommandUntilTheProviderHasAMessage() throws IOException, InterruptedException {
    Shell.Result done = setup(PASSWORD);

    assertThat(done.code()).as(done.all() + host.logText()).isZero();
    assertThat(done.out())
        .contains("the certificate is right", "logged in as " + USER, "takes " + USER)
        .contains("taken by localhost", "Done.");
    assertThat(provider.received()).hasSize(1);
    PretendProvider.Received first = provider.received().getFirst();
    assertThat(first.encrypted()).isTrue();
    assertThat(first.recipients()).containsExactly(USER);
    assertThat(main()).contains("relayhost = [localhost]:" + provider.port());
    nothingTellsThePassword(done);
  }

  private void nothingTellsThePassword(Shell.Result done) throws IOException {
    assertThat(done.all()).doesNotContain(PASSWORD);
    try (Stream<Path> files = Files.walk(host.directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1)
            .contains(PASSWORD)) {
          assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
              .as(file.toString())
              .isEqualTo("rw-------");
        }
      }
    }
  }

  @Test
  void whatCronWritesToRootReachesThePersonAsTheProviderWantsIt()
      throws IOException, InterruptedException {
    assertThat(setup(PASSWORD, "--no-test").code()).isZero();
    host.shell.run(
        "From: Cron <root>\nTo: root\nSubject: job\n\nran\n", List.of("sendmail", "root"));

    PretendProvider.Received got = provider.await(1, Duration.ofSeconds(60)).getFirst();
    assertThat(got.reversePath()).isEqualTo(USER);
    assertThat(got.recipients()).containsExactly(USER);
    assertThat(got.content())
        .contains("From: Cron <" + USER + ">")
        .contains("X-Original-From: Cron <root@host.local.test>");
  }

  @Test
  void itIsTakenBackAsAWhole() throws IOException, InterruptedException {
    String aliases = Files.readString(host.etc.resolve("aliases"));
    assertThat(setup(PASSWORD, "--no-test").code()).isZero();
    assertThat(main()).isNotEqualTo(before);

    Shell.Result undone = host.shell.run("postrider setup --undo");

    assertThat(undone.code()).as(undone.all()).isZero();
    assertThat(main()).isEqualTo(before);
    assertThat(Files.readString(host.etc.resolve("aliases"))).isEqualTo(aliases);
    assertThat(host.etc.resolve("secrets")).doesNotExist();
    assertThat(Files.list(host.etc.resolve("secrets.d"))).isEmpty();
    assertThat(host.shell.run("postrider setup --undo").out()).contains("Nothing to take back");
  }

  @Test
  void aWrongPasswordChangesNothing() throws IOException, InterruptedException {
    Shell.Result refused = setup("wrong");

    assertThat(refused.code()).as(refused.all()).isEqualTo(77);
    assertThat(refused.err()).contains("nothing was written", "refuses the login of " + USER);
    assertThat(main()).isEqualTo(before);
    assertThat(host.etc.resolve("secrets")).doesNotExist();
    assertThat(refused.all()).doesNotContain("wrong\n");
  }

  @Test
  void aRehearsalProvesEverythingAndWritesNothing() throws IOException, InterruptedException {
    Shell.Result shown = setup(PASSWORD, "--dry-run");

    assertThat(shown.code()).as(shown.all()).isZero();
    assertThat(shown.out())
        .contains("logged in as " + USER, "+ relayhost = [localhost]:", "Nothing was written.")
        .doesNotContain(PASSWORD);
    assertThat(main()).isEqualTo(before);
    assertThat(provider.received()).isEmpty();
  }

  @Test
  void aFreshMachineHasNoConfigurationYet() throws IOException, InterruptedException {
    Files.delete(host.etc.resolve("main.cf"));
    Files.delete(host.etc.resolve("master.cf"));

    Shell.Result shown = setup("wrong", "--dry-run");

    // As far as the certificate, which is by no authority of the system's.
    assertThat(shown.all()).contains("connecting to localhost", "nothing was written");
    assertThat(host.etc.resolve("main.cf")).doesNotExist();
  }

  @Test
  void aServerThatIsNotThereChangesNothing() throws IOException, InterruptedException {
    Shell.Result refused =
        host.shell.run(
            PASSWORD + "\n",
            List.of("postrider", "setup", USER, "--server", "localhost:" + Instance.freePort()));

    assertThat(refused.code()).as(refused.all()).isEqualTo(69);
    assertThat(refused.all()).contains("Connection refused", "nothing was written");
    assertThat(main()).isEqualTo(before);
  }

  @Test
  void aPasswordIsNoArgument() throws IOException, InterruptedException {
    Shell.Result refused = host.shell.run("postrider setup " + USER + " geheim");

    assertThat(refused.code()).isEqualTo(64);
    assertThat(refused.err()).contains("a password is asked for").doesNotContain("geheim");
  }

  @Test
  void withoutATerminalNobodyIsAsked() throws IOException, InterruptedException {
    Shell.Result refused = host.shell.run("postrider setup </dev/null");

    assertThat(refused.code()).isEqualTo(77);
    assertThat(refused.err()).contains("nobody can be asked here");
  }
}

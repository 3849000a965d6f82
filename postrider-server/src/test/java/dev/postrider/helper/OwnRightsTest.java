package dev.postrider.helper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.config.Config;
import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.io.OwnUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OwnRightsTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @TempDir Path directory;
  private final Map<String, String> settings = new HashMap<>();
  private Identity self = new Identity("me", 0, 0);

  @BeforeEach
  void settings() throws Exception {
    settings.put("data_directory", directory.resolve("data").toString());
    settings.put("mail_spool_directory", directory.toString());
    settings.put("myhostname", "host.example");
    settings.put("deliver_lock_attempts", "1");
    self = new Identity("me", OwnUser.uid(), 1);
  }

  private OwnRights rights() throws Exception {
    return new OwnRights(Config.of(directory, settings), InstantSource.system());
  }

  private static Payload text(String text) {
    return out -> out.write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private CommandEnd run(String... arguments) throws Exception {
    return run(MINUTE, Map.of("PATH", "/usr/bin:/bin"), arguments);
  }

  private CommandEnd run(Duration limit, Map<String, String> environment, String... arguments)
      throws Exception {
    return rights()
        .run(
            self,
            new CommandCall(List.of(arguments), environment, null, null, limit, 100, 0),
            text("the payload\n"));
  }

  private void appendToFile(Path file, String text) throws Exception {
    rights().append(self, new Append(file, Append.Kind.FILE), text(text));
  }

  private static void assertFailure(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String code, String text) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            DeliveryFailure.class, failure -> assertThat(failure.code()).isEqualTo(code))
        .hasMessageContaining(text);
  }

  @Test
  void theDirectoryOfAFolderIsMadeForItsUserAlone() throws Exception {
    Path folder = directory.resolve("mail/lists/a");

    rights().append(self, new Append(folder, Append.Kind.FOLDER), text("x"));

    assertThat(folder).hasContent("x");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rw-------");
    for (String made : List.of("mail", "mail/lists")) {
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(made))))
          .isEqualTo("rwx------");
    }
    Path mailbox = directory.resolve("none/mailbox");
    assertFailure(
        () -> rights().append(self, new Append(mailbox, Append.Kind.MAILBOX), text("x")),
        "5.2.0",
        "No such file or directory");
  }

  @Test
  void aFolderThatIsSomethingElseIsRefusedForGood() throws Exception {
    Path folder = Files.createDirectories(directory.resolve("mail/a"));

    assertFailure(
        () -> rights().append(self, new Append(folder, Append.Kind.FOLDER), text("x")),
        "5.2.0",
        "is not a regular file");
    assertFailure(
        () -> rights().append(self, new Append(folder, Append.Kind.MAILBOX), text("x")),
        "4.2.0",
        "is not a regular file");
    Files.writeString(directory.resolve("mail/file"), "");
    assertFailure(
        () ->
            rights()
                .append(
                    self,
                    new Append(directory.resolve("mail/file/a"), Append.Kind.FOLDER),
                    text("x")),
        "5.2.0",
        "mail/file");
  }

  @Test
  void aFolderOfAMaildirSaysThatItIsOne() throws Exception {
    Path maildir = directory.resolve("Maildir");
    for (Path each : List.of(maildir, maildir.resolve(".a"), maildir.resolve(".a"))) {
      rights().addToMaildir(self, each, 0, text("x"));
    }

    assertThat(maildir.resolve(".a/maildirfolder")).isEmptyFile();
    assertThat(maildir.resolve("maildirfolder")).doesNotExist();
  }

  @Test
  void anotherUserIsRefusedAndWaits() throws Exception {
    Identity other = new Identity("ann", self.uid() + 1, 1);
    OwnRights rights = rights();

    assertFailure(
        () ->
            rights.append(
                other, new Append(directory.resolve("x"), Append.Kind.MAILBOX), text("x")),
        "4.3.0",
        "delivery for user ann needs other rights than those of uid " + self.uid());
    assertThat(directory.resolve("x")).doesNotExist();
  }

  @Test
  void aCommandReadsThePayloadAndItsOutputAndCodeComeBack() throws Exception {
    assertThat(run("sh", "-c", "cat; echo oops >&2; exit 75"))
        .isEqualTo(new CommandEnd.Exited(75, "the payload\noops\n"));
  }

  @Test
  void aCommandThatDoesNotReadItsInputSucceeds() throws Exception {
    assertThat(run("true")).isEqualTo(new CommandEnd.Exited(0, ""));
  }

  @Test
  void aCommandHasTheGivenEnvironmentArgumentsAndNoOtherDescriptors() throws Exception {
    CommandEnd end =
        run(
            MINUTE,
            Map.of("A", "1 2\n3"),
            "/bin/sh",
            "-c",
            "/usr/bin/printenv A; echo \"$1|$2\"; echo /proc/self/fd/*",
            "sh",
            "-x",
            "a'b c");

    // The shell that expands the last pattern has a descriptor of the directory itself.
    assertThat(end)
        .isEqualTo(
            new CommandEnd.Exited(
                0,
                "1 2\n3\n-x|a'b c\n/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2"
                    + " /proc/self/fd/3\n"));
  }

  @Test
  void valuesOfTheEnvironmentArriveAsTheyAre() throws Exception {
    String value = "${A} $A \\c\\_ \"'# \t x";
    CommandEnd end = run(MINUTE, Map.of("A", value, "EMPTY", "", "PATH", "/usr/bin:/bin"), "env");

    assertThat(end.output().lines())
        .containsExactlyInAnyOrder("A=" + value, "EMPTY=", "PATH=/usr/bin:/bin");
  }

  @Test
  void noProcessAboveACommandShowsItsEnvironment() throws Exception {
    String script =
        "pid=$$; while [ $pid -gt 0 ]; do tr '\\0' ' ' < /proc/$pid/cmdline; echo;"
            + " pid=$(sed -n 's/^PPid:\t//p' /proc/$pid/status); done; echo \"$TOKEN\" | rev";
    CommandCall call =
        new CommandCall(
            List.of("sh", "-c", script),
            Map.of("PATH", "/usr/bin:/bin", "TOKEN", "terces-ym"),
            null,
            null,
            MINUTE,
            100_000,
            0);

    assertThat(rights().run(self, call, text("")).output())
        .contains("my-secret")
        .contains("pid=$$")
        .contains("java")
        .doesNotContain("terces-ym");
  }

  @Test
  void aCommandCannotMakeAFileLargerThanItsLimitAndIsTold() throws Exception {
    Path file = directory.resolve("large");
    String script =
        "head -c 3000 /dev/zero > " + file + "; code=$?; head -c 90000 /dev/zero; exit $code";
    CommandCall call =
        new CommandCall(
            List.of("sh", "-c", script),
            Map.of("PATH", "/usr/bin:/bin", "LC_ALL", "C"),
            null,
            null,
            MINUTE,
            1_000,
            2_000);

    // 1: by the error, not by a signal; and the output is no file.
    CommandEnd end = rights().run(self, call, text(""));
    assertThat(end)
        .isInstanceOfSatisfying(
            CommandEnd.Exited.class, exited -> assertThat(exited.code()).isEqualTo(1));
    assertThat(end.output()).contains("File too large").hasSize(1_000);
    assertThat(file).hasSize(2_000);
  }

  @Test
  void aCommandThatIsNotThereHasNotStarted() throws Exception {
    assertThat(run("/no/such/command"))
        .isEqualTo(
            new CommandEnd.NotStarted(
                "cannot execute /no/such/command: No such file or directory"));
    assertThat(run("no-such-command-either")).isInstanceOf(CommandEnd.NotStarted.class);
  }

  @Test
  void aCommandOverItsTimeIsKilledWithAllItStarted() throws Exception {
    Path pid = directory.resolve("pid");

    CommandEnd end =
        run(
            Duration.ofMillis(500),
            Map.of("PATH", "/usr/bin:/bin"),
            "sh",
            "-c",
            "sleep 600 & echo $! > " + pid + "; echo begun; wait");

    assertThat(end).isEqualTo(new CommandEnd.TimedOut("begun\n"));
    assertThat(
            ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                .filter(ProcessHandle::isAlive)
                .map(
                    one -> one.onExit().orTimeout(10, java.util.concurrent.TimeUnit.SECONDS).join())
                .filter(ProcessHandle::isAlive))
        .isEmpty();
  }

  @Test
  void aCommandThatLeavesAProcessBehindIsNotWaitedFor() throws Exception {
    Path pid = directory.resolve("pid");
    try {
      assertThat(run("sh", "-c", "sleep 600 & echo $! > " + pid + "; echo done"))
          .isEqualTo(new CommandEnd.Exited(0, "done\n"));
    } finally {
      ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
          .ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  void muchOutputIsCutAndASignalIsTold() throws Exception {
    CommandEnd end = run("sh", "-c", "head -c 300000 /dev/zero | tr '\\0' x; kill -TERM $$");

    assertThat(end).isEqualTo(new CommandEnd.Killed(15, "x".repeat(100)));
  }

  @Test
  void noPayloadIsLeftBehind() throws Exception {
    CommandEnd _ = run("true");

    try (var left = Files.list(directory.resolve("data/own"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void aFileOfAnAliasIsAppendedToWhateverItWas() throws Exception {
    Path file = Files.writeString(directory.resolve("f"), "old\n");

    appendToFile(file, "new\n");

    assertThat(Files.readString(file)).isEqualTo("old\nnew\n");
  }

  @Test
  void aFileThatMayBeSomebodyElsesIsRefused() throws Exception {
    Path victim = Files.writeString(directory.resolve("victim"), "old\n");
    // A link of root's would count where only root can make one.
    Path open = Files.createDirectory(directory.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path link = Files.createSymbolicLink(open.resolve("link"), victim);
    Path program = Files.createFile(directory.resolve("program"));
    assertThat(program.toFile().setExecutable(true)).isTrue();

    assertFailure(() -> appendToFile(link, "x"), "5.2.0", "file is a symbolic link");
    assertFailure(() -> appendToFile(program, "x"), "5.7.1", "file is executable");
    assertFailure(() -> appendToFile(directory, "x"), "5.2.0", "cannot open file: Is a directory");
    assertFailure(
        () -> appendToFile(Path.of("/no/such/file"), "x"),
        "5.2.0",
        "cannot append message to file /no/such/file: cannot create file exclusively:"
            + " No such file or directory");
    Path _ = Files.createLink(directory.resolve("hard"), victim);
    assertFailure(() -> appendToFile(victim, "x"), "5.2.0", "file has 2 hard links");
    assertThat(Files.readString(victim)).isEqualTo("old\n");
  }

  @Test
  void aDeviceTakesMailAndAFifoIsRefused() throws Exception {
    appendToFile(Path.of("/dev/null"), "gone");
    Path fifo = directory.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();

    assertFailure(() -> appendToFile(fifo, "x"), "5.2.0", "No such device or address");
    assertThat(Path.of("/dev/null.lock")).doesNotExist();
  }

  @Test
  void aPayloadThatBreaksOffLeavesTheFileAsItWas() throws Exception {
    Path file = Files.writeString(directory.resolve("f"), "old\n");
    OwnRights rights = rights();

    assertFailure(
        () ->
            rights.append(
                self,
                new Append(file, Append.Kind.FILE),
                out -> {
                  out.write(new byte[200_000]);
                  throw new IOException("lost");
                }),
        "4.3.0",
        "error reading message: lost");
    assertThat(Files.readString(file)).isEqualTo("old\n");
  }

  @Test
  void aFileOfTheUsersIsReadUpToALimit() throws Exception {
    Path file = Files.writeString(directory.resolve("f"), "content");
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);
    OwnRights rights = rights();

    assertThat(rights.read(self, link, 100))
        .isInstanceOfSatisfying(
            UserFile.Read.class,
            read -> {
              assertThat(read.content()).isEqualTo("content");
              assertThat(read.owner()).isEqualTo(self.uid());
            });
    assertThat(rights.read(self, file, 3)).isInstanceOf(UserFile.Unsuitable.class);
    assertThat(rights.read(self, directory, 3)).isInstanceOf(UserFile.Unsuitable.class);
    assertThat(rights.read(self, directory.resolve("none"), 3)).isEqualTo(new UserFile.Missing());
    assertThat(rights.read(self, file.resolve("below"), 3)).isEqualTo(new UserFile.Missing());
  }
}

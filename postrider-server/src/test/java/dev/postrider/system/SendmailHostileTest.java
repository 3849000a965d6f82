package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * sendmail of the built image in surroundings no program likes: a message is whole or absent, and
 * its exit code says which.
 */
class SendmailHostileTest {
  private static final String END = "\npostrider-maildrop-end ";

  private Instance instance;
  private Path maildrop;

  SendmailHostileTest() throws IOException {
    instance = Instance.create();
    maildrop = instance.directory.resolve("q/maildrop");
  }

  @BeforeEach
  void makeTheDirectories() throws Exception {
    assertThat(instance.shell.run("postfix check").all()).isEmpty();
  }

  @AfterEach
  void close() throws Exception {
    instance.close();
  }

  @Test
  void oddSurroundingsStopNoMessage() throws Exception {
    for (String call :
        List.of(
            "SENDMAIL root <&-",
            "echo x | SENDMAIL root >&-",
            "echo x | SENDMAIL root 2>&-",
            "echo x | SENDMAIL root >&- 2>&-",
            "SENDMAIL root <&- >&- 2>&-",
            "echo x | SENDMAIL root >/dev/full 2>&1",
            "umask 777; echo x | SENDMAIL root",
            "umask 000; echo x | SENDMAIL root",
            "mkdir gone; cd gone; rmdir ../gone; echo x | SENDMAIL root",
            "echo x | env -i MAIL_CONFIG=\"$MAIL_CONFIG\" \"$(command -v sendmail)\" OPTION root",
            "echo x | SENDMAIL $(seq -f 'u%g@example.com' 1 10000)")) {
      for (String command : List.of("sendmail", "sendmail -v")) {
        String option = command.endsWith("-v") ? "-v" : "-i";
        String script = call.replace("SENDMAIL", command).replace("OPTION", option);

        Shell.Result result = instance.shell.run(script);

        assertThat(result.code()).as("%s: %s", script, result).isZero();
        assertThat(takeWhole()).as(script).hasSize(1);
      }
    }
  }

  @Test
  void theFileIsNeverOpenToOthers() throws Exception {
    for (String command : List.of("sendmail", "sendmail -v")) {
      for (String mask : List.of("000", "022", "777")) {
        instance.shell.run("umask " + mask + "; echo x | " + command + " root");

        Path file = files().getFirst();
        assertThat((Integer) Files.getAttribute(file, "unix:mode") & 07777)
            .as("%s under umask %s", command, mask)
            .isEqualTo(0640);
        Files.delete(file);
      }
    }
  }

  @Test
  void whatCannotBeReadOrStoredIsRefused() throws Exception {
    for (String command : List.of("sendmail", "sendmail -v")) {
      Shell.Result directory = instance.shell.run(command + " root </");
      assertThat(directory.code()).as("%s", directory).isEqualTo(75);
      assertThat(directory.err()).contains("error reading input: Is a directory");

      // Standard error is a file here, which cannot be written either.
      String noSpace = "(ulimit -f 0; echo x | " + command + " root";
      assertThat(instance.shell.run(noSpace + ")").code()).as(command).isEqualTo(75);
      assertThat(instance.shell.run(noSpace + ") 2>&1 | cat").out())
          .contains("queue file write error");

      assertThat(files()).isEmpty();
    }
  }

  @Test
  void argumentsComeThroughAsTheyAre() throws Exception {
    List<String> arguments =
        List.of(
            "-i",
            "-f",
            "it's \"me\"@h",
            "--",
            "*",
            "-t",
            "--",
            "a\nb",
            "$(id)",
            "`id`",
            "%s\\n",
            "",
            " ",
            "~root",
            "grüß@h");
    List<String> command = new ArrayList<>(List.of("sendmail"));
    command.addAll(arguments);

    Shell.Result result =
        instance.shell.run("x\n", prefix(List.of("env", "LC_ALL=C", "sh", "-c"), command));

    assertThat(result.code()).as("%s", result).isZero();
    String file = takeWhole().getFirst();
    List<String> stored =
        Arrays.stream(file.substring(0, file.indexOf("\0\n")).split("\0"))
            .skip(1)
            .map(field -> field.substring(1))
            .toList();
    assertThat(stored).isEqualTo(arguments);
  }

  @Test
  void aHostileEnvironmentChangesNothing() throws Exception {
    Path pwned = instance.directory.resolve("pwned");
    Path script = instance.directory.resolve("evil.sh");
    // Only marks when a shell reads it on the way; what the caller's own shell does is theirs.
    Files.writeString(script, "exit() { :; }\ncat() { : >" + pwned + "; }\n");
    List<String> environment =
        List.of(
            "env",
            "IFS=/.",
            "ENV=" + script,
            "BASH_ENV=" + script,
            "CDPATH=/tmp:/",
            "LC_ALL=xx_YY.bogus",
            "POSIXLY_CORRECT=1",
            "PS4=$(: >" + pwned + ")",
            "NAME=$(: >" + pwned + ")",
            "BASH_FUNC_cat%%=() { : >" + pwned + "; }",
            "BASH_FUNC_printf%%=() { : >" + pwned + "; }",
            "BASH_FUNC_[%%=() { : >" + pwned + "; }",
            "JAVA_HOME=/nonexistent",
            "file=/etc/passwd",
            "maildrop=/tmp",
            "limit=1");
    for (String option : List.of("-i", "-v")) {
      Shell.Result result =
          instance.shell.run("x\n", prefix(environment, List.of("sendmail", option, "root")));

      assertThat(result.code()).as("%s", result).isZero();
      assertThat(takeWhole()).hasSize(1);
      assertThat(pwned).doesNotExist();
    }
  }

  @Test
  void beingKilledLeavesAMessageWholeOrAbsent() throws Exception {
    String body = "Subject: kill\n\n" + "a line of the message\n".repeat(3000) + "the last line\n";
    Path input = Files.writeString(instance.directory.resolve("message"), body);
    String sendmail = instance.shell.run("command -v sendmail").out().strip();
    Random random = new Random(7);
    int promised = 0;
    for (int i = 0; i < 200; i++) {
      ProcessBuilder builder =
          new ProcessBuilder(sendmail, "-i", "root").redirectInput(input.toFile());
      builder.environment().put("MAIL_CONFIG", instance.etc.toString());
      Process process = builder.start();
      boolean ended = process.waitFor(random.nextLong(12_000), TimeUnit.MICROSECONDS);
      process.destroyForcibly().waitFor();
      promised += ended && process.exitValue() == 0 ? 1 : 0;
    }
    int whole = 0;
    for (Path file : files()) {
      String text = Files.readString(file);
      if (text.contains(END)) {
        whole++;
        assertThat(text).endsWith(body + END + file.getFileName() + "\n");
      }
    }
    assertThat(whole).isGreaterThanOrEqualTo(promised);

    instance.start();

    String pickedUp = "uid=" + instance.shell.run("id -u").out().strip() + " from=<";
    instance.await("all that is whole", () -> !isAnyWhole());
    assertThat(count(instance.logText(), pickedUp)).isEqualTo(whole);
  }

  private static List<String> prefix(List<String> first, List<String> command) {
    List<String> all = new ArrayList<>(first);
    if (first.contains("-c")) {
      all.addAll(List.of("exec \"$@\"", "sh"));
    }
    all.addAll(command);
    return all;
  }

  private static int count(String text, String part) {
    int count = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
      count++;
    }
    return count;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> list = Files.list(maildrop)) {
      return list.toList();
    }
  }

  private boolean isAnyWhole() {
    try {
      for (Path file : files()) {
        if (Files.readString(file).contains(END)) {
          return true;
        }
      }
      return false;
    } catch (NoSuchFileException e) {
      // Taken while it was read.
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The complete files, which are removed; an incomplete one fails the test. */
  private List<String> takeWhole() throws IOException {
    List<String> texts = new ArrayList<>();
    for (Path file : files()) {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      assertThat(text).endsWith(END + file.getFileName() + "\n");
      texts.add(text);
      Files.delete(file);
    }
    return texts;
  }
}

package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The log file while it is rotated by postfix(1) and by logrotate(8), and the log of a container.
 */
class LogRotationTest {
  private static final int MESSAGES = 300;

  private Instance host;

  @BeforeEach
  void aFreshMachine() throws IOException {
    host = Instance.create();
    host.main("relayhost = [127.0.0.1]:1\nsyslog_name = postfix\ndefer_transports = smtp");
  }

  @AfterEach
  void end() throws IOException, InterruptedException {
    if (host != null) {
      host.close();
    }
  }

  /** All lines of the log and of what was put aside, uncompressed. */
  private List<String> allLines() throws IOException, InterruptedException {
    return host.shell
        .run("for f in mail.log*; do case $f in *.gz) gzip -dc $f ;; *) cat $f ;; esac; done")
        .out()
        .lines()
        .toList();
  }

  @Test
  void noLineIsLostWhileTheLogIsRotatedUnderLoad() throws IOException, InterruptedException {
    host.main("maillog_file_rotate_suffix = %N");
    host.start();
    Shell.Result load =
        host.shell.run(
            """
            (i=0; while [ $i -lt %1$d ]; do i=$((i+1))
              echo text | sendmail -f a@local.test n$i@dest.test || exit 1; done) &
            mail=$!
            (i=0; while [ $i -lt 20 ]; do i=$((i+1)); postlog -t counted line $i; done) &
            said=$!
            n=0
            while kill -0 $mail 2>/dev/null; do postfix logrotate || exit 1; n=$((n+1)); done
            wait $mail || exit 2
            wait $said || exit 3
            echo $n
            """
                .formatted(MESSAGES));

    assertThat(load.code()).as(load.all()).isZero();
    assertThat(Integer.parseInt(load.out().strip())).isPositive();
    host.await(
        "the last message in the queue",
        () -> {
          try {
            return host.shell.run("mailq | grep -c dest.test").out().strip().equals("" + MESSAGES);
          } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    assertThat(host.shell.run("postfix stop").code()).isZero();
    List<String> lines = allLines();
    for (String part : List.of("/pickup[", "/cleanup[")) {
      assertThat(lines.stream().filter(line -> line.contains(part))).hasSize(MESSAGES);
    }
    assertThat(lines.stream().filter(line -> line.contains(" counted["))).hasSize(20);
    assertThat(lines).noneMatch(line -> line.contains("were lost"));
  }

  @Test
  void whatCannotBeRotatedIsSaidAsPostfixDoes() throws IOException, InterruptedException {
    assertThat(host.shell.run("postfix logrotate now").err())
        .contains("usage postfix logrotate (no arguments)");
    host.main("maillog_file_compressor =");
    assertThat(host.shell.run("postfix logrotate").err())
        .contains("empty 'maillog_file_compressor' parameter value - logfile rotation failed");
    host.main("maillog_file_compressor = false");
    Shell.Result failed = host.shell.run("postfix logrotate");
    assertThat(failed.code()).isEqualTo(1);
    assertThat(failed.err()).contains("logfile '" + host.log + "' rotation failed: ");
    host.main("maillog_file = /dev/stdout");
    assertThat(host.shell.run("postfix logrotate").err()).contains("not rotating '/dev/stdout'");
    Shell.Result start = host.shell.run("postfix start");
    assertThat(start.code()).isEqualTo(1);
    assertThat(start.err()).contains("maillog_file = /dev/stdout needs \"postfix start-fg\"");
  }

  @Test
  void logrotateMovesOrTruncates() throws IOException, InterruptedException {
    assumeTrue(host.shell.has("logrotate"), "needs logrotate (Debian: apt install logrotate)");
    host.start();
    Path directory = host.directory;
    // logrotate refuses to work where others than root may write.
    for (String how :
        List.of("sharedscripts\n  postrotate\n    postfix reload\n  endscript", "copytruncate")) {
      Path rules =
          Files.writeString(
              directory.resolve("rules"), host.log + " {\n  rotate 5\n  " + how + "\n}\n");
      Files.setAttribute(rules, "unix:mode", 0644);
      String before = "before" + how.length() + "@dest.test";
      assertThat(host.shell.run("echo text | sendmail -f a@local.test " + before).code()).isZero();
      host.awaitLog("to=<" + before);

      Shell.Result rotated =
          host.shell.run("logrotate -f -s %1$s/state %1$s/rules".formatted(directory));

      assertThat(rotated.code()).as(rotated.all()).isZero();
      // A reload tries it once more, so that only its arrival tells the files apart.
      assertThat(host.logText()).doesNotContain("/pickup[");
      assertThat(Files.readString(directory.resolve("mail.log.1"))).contains("/pickup[");
      assertThat(host.shell.run("echo text | sendmail -f b@local.test after@dest.test").code())
          .isZero();
      host.awaitLog("from=<b@local.test>");
      assertThat(Files.readString(host.log)).doesNotContain("\0");
    }
  }

  @Test
  void aReloadMovesTheLog() throws IOException, InterruptedException {
    host.start();
    Path other = host.directory.resolve("other.log");
    host.main("maillog_file = " + other + "\nmaillog_file_permissions = 0640");

    assertThat(host.shell.run("postfix reload").code()).isZero();

    assertThat(Files.readString(other)).contains("]: reload -- version");
    assertThat(host.shell.run("stat -c %a other.log").out()).isEqualTo("640\n");
    assertThat(host.shell.run("echo x | sendmail -f c@local.test you@dest.test").code()).isZero();
    Instance.await(
        "the new log",
        () -> {
          try {
            return Files.readString(other).contains("from=<c@local.test>");
          } catch (IOException e) {
            return false;
          }
        },
        host::logText);
  }

  @Test
  void inAContainerEveryLineOfTheOutputIsAnObject() throws IOException, InterruptedException {
    host.main("maillog_file = /dev/stdout\npostrider_log_format = json");
    Path output = host.directory.resolve("output");
    Process foreground =
        new ProcessBuilder(
                "/usr/bin/env", "MAIL_CONFIG=" + host.etc, Instance.command("postfix"), "start-fg")
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(output.toFile())
            .redirectError(host.directory.resolve("errors").toFile())
            .start();
    try {
      Instance.await(
          "the start", () -> text(output).contains("daemon started"), () -> text(output));
      // A client that would write lines of its own into the log.
      List<String> replies =
          dialog(
              "HELO x\u001b[2J\"}",
              "MAIL FROM:<a\u0001@x{\"level\":\"x\"}>",
              "FORGED \u0085\"\\",
              "RCPT TO:<\u001b[2J\"@\"}{>",
              "QUIT");
      assertThat(replies.getFirst()).startsWith("220 ");
      assertThat(replies.getLast()).startsWith("221 ");
      assertThat(host.shell.run("echo text | sendmail -f a@local.test you@dest.test").code())
          .isZero();
      Instance.await(
          "the message's line",
          () -> text(output).contains("from=<a@local.test>"),
          () -> text(output));
    } finally {
      foreground.destroy();
      foreground.waitFor();
    }

    List<String> lines = text(output).lines().toList();
    assertThat(lines).hasSizeGreaterThan(5);
    for (String line : lines) {
      try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), line)) {
        assertThat(parser.nextToken()).as(line).isEqualTo(JsonToken.START_OBJECT);
        parser.skipChildren();
        assertThat(parser.nextToken()).as(line).isNull();
      }
    }
    assertThat(lines).anyMatch(line -> line.contains("\"program\":\"postfix/smtpd\""));
    assertThat(text(host.directory.resolve("errors"))).doesNotContain("fatal", "ready");
  }

  /** The greeting, and the reply to each line. */
  private List<String> dialog(String... lines) throws IOException {
    List<String> replies = new ArrayList<>();
    try (Socket socket = new Socket("127.0.0.1", host.port)) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      replies.add(in.readLine());
      for (String line : lines) {
        socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        replies.add(in.readLine());
      }
    }
    return replies;
  }

  private static String text(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return String.join("\n", lines.toList());
    } catch (IOException e) {
      return "";
    }
  }
}

package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code mail} as a person at a terminal uses it: on a pseudo-terminal that Python holds. */
class MailTerminalTest {
  /** Waits for what the screen shows before it types on: a person does not type ahead. */
  private static final String BOX =
      """
      From alice@example.org  Fri Nov 20 09:21:01 2026
      From: Alice <alice@example.org>
      To: root
      Subject: Question
      Message-ID: <1@example.org>

      Are you there?

      From bob@example.org  Fri Nov 20 10:00:00 2026
      From: bob@example.org
      Subject: \u001b]0;evil\u0007

      Delete me \u001b[2J

      From carol@example.org  Sat Nov 21 10:00:00 2026
      From: carol@example.org
      Subject: Later

      Unread

      """;

  @Test
  void listReadDeleteReplyQuit() throws Exception {
    try (SmtpSink sink = SmtpSink.start();
        Instance host = Instance.create()) {
      assumeTrue(host.shell.run("command -v python3").code() == 0, "python3 is not installed");
      host.main("relayhost = [127.0.0.1]:" + sink.port);
      host.start();
      Path box = Files.writeString(host.directory.resolve("box"), BOX);

      String screen =
          type(
              host,
              """
              sees "%1$s": 3 messages 3 new
              sees >N  1 alice@example.org
              sees &\\u0020
              types half a line^C
              sees Interrupt
              sees &\\u0020
              types p 1\\n
              sees Are you there?
              sees &\\u0020
              types d 2\\n
              sees &\\u0020
              types r 1\\n
              sees Subject: Re: Question
              types I am.\\n
              types .\\n
              sees EOT
              sees &\\u0020
              types mail nobody@example.org\\n
              sees Subject:\\u0020
              types ^C
              sees Interrupt
              sees &\\u0020
              types r 1\\n
              sees Subject: Re: Question
              types half\\n
              types ~p\\n
              sees (continue)
              types ^C
              sees one more to kill letter
              types ^C
              sees dead.letter
              sees &\\u0020
              types ^D
              sees Held 1 message in %1$s
              """
                  .formatted(box));

      assertThat(screen).contains("Saved 1 message in " + host.directory.resolve("mbox"));
      assertThat(screen).doesNotContain("\u001b", "\u0007");
      assertThat(Files.readString(box)).contains("Unread").doesNotContain("Delete me");
      assertThat(Files.readString(host.directory.resolve("mbox"))).contains("Are you there?");
      Instance.await("the reply", () -> host.logText().contains("status=sent"), host::logText);
      assertThat(host.logText()).contains("to=<alice@example.org>").doesNotContain("nobody@");
    }
  }

  @Test
  void aLongLetterGoesThroughThePager() throws Exception {
    try (Instance host = Instance.create()) {
      assumeTrue(host.shell.run("command -v python3").code() == 0, "python3 is not installed");
      Files.writeString(
          host.directory.resolve("box"),
          "From a@example.org  Fri Nov 20 09:21:01 2026\n\n" + "line\n".repeat(100) + "\n");

      type(
          host,
          """
          sees &\\u0020
          types p\\n
          sees paged: 104
          sees &\\u0020
          types x\\n
          """);
    }
  }

  private static String type(Instance host, String dialog)
      throws IOException, InterruptedException {
    Path script =
        Files.writeString(host.directory.resolve("dialog"), dialog.replace("\\u0020", " "));
    Shell.Result result =
        host.shell.run(
            ("HOME=%1$s MAIL=%1$s/box TERM=dumb LINES=24 COLUMNS=80"
                    + " PAGER='echo paged: $(wc -l)' python3 %2$s %3$s mail -n")
                .formatted(host.directory, MannersWorld.TYPIST, script));
    assertThat(result.code()).as(result.all()).isZero();
    return result.out();
  }
}

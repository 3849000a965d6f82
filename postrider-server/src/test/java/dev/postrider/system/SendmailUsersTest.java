package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Users of one machine who do not trust each other, and callers in a sandbox. Needs root. */
class SendmailUsersTest {
  /** One without an entry in the passwd file, as in a container. */
  private static final String NAMELESS = "65532";

  private static final String SANDBOX =
      "unshare -m sh -c 'mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\" && shift &&"
          + " exec \"$@\"' sh ";

  private Instance instance;
  private Path queue;

  SendmailUsersTest() throws IOException {
    instance = Instance.create();
    queue = instance.directory.resolve("q");
  }

  @BeforeEach
  void needRoot() throws Exception {
    assumeTrue(Instance.isRoot(), "only root can become other users");
    assumeTrue(instance.shell.has("setpriv"), "no setpriv here");
  }

  @AfterEach
  void close() throws Exception {
    instance.close();
  }

  private Shell.Result as(String user, String script) throws Exception {
    return instance.shell.run(
        "setpriv --reuid="
            + user
            + " --regid="
            + user
            + " --clear-groups -- sh -c '"
            + script
            + "'");
  }

  @Test
  void whoSubmittedIsTheKernelsWord() throws Exception {
    instance.shell.run("postfix check");
    for (String user : new String[] {NAMELESS, "games"}) {
      for (String call :
          new String[] {
            "echo x | sendmail root",
            "echo x | sendmail -v root",
            "echo To: root | sendmail -t",
            "echo x | LC_ALL=C mail -s \"gr\u00fc\u00df\" root",
            "printf \"HELO x\\r\\nMAIL FROM:<a@b>\\r\\nRCPT TO:<root@localhost>\\r\\nDATA\\r\\n\\r\\n"
                + "x\\r\\n.\\r\\nQUIT\\r\\n\" | sendmail -bs"
          }) {
        Shell.Result result = as(user, call);
        assertThat(result.code()).as("%s: %s", call, result).isZero();
      }
      Shell.Result listed = as(user, "mailq");
      assertThat(listed.code()).isEqualTo(69);
      assertThat(listed.err())
          .isEqualTo("postqueue: fatal: Queue report unavailable - mail system is down\n");
    }

    instance.start();

    instance.await("ten messages", () -> instance.logText().split("pickup").length == 11);
    String log = instance.logText();
    assertThat(log.split(": uid=65532 from=<65532>\n", -1)).hasSize(5);
    assertThat(log.split(": uid=5 from=<games>\n", -1)).hasSize(5);
    assertThat(log).contains(": uid=65532 from=<a@b>\n", ": uid=5 from=<a@b>\n");
    Path mailbox = instance.directory.resolve("mailboxes/root");
    instance.await(
        "both subjects",
        () -> text(mailbox).split("Subject: =.UTF-8.B.Z3LDvMOf.=\n", -1).length == 3);
    assertThat(as("games", "mailq").code()).isZero();
  }

  private static String text(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void nobodyTouchesTheMailOfOthers() throws Exception {
    instance.shell.run("postfix check");
    as("games", "echo secret | sendmail root");
    Path file = only();
    String before = Files.readString(file);

    for (String attempt :
        new String[] {
          "ls MAILDROP",
          "cat FILE",
          "echo x >FILE",
          "rm -f FILE",
          "mv FILE MAILDROP/1.0",
          "ln FILE MAILDROP/1.1",
          "mv -T MAILDROP MAILDROP2",
          "ls " + queue + "/spool"
        }) {
      String script =
          attempt.replace("MAILDROP", queue + "/maildrop").replace("FILE", file.toString());
      assertThat(as(NAMELESS, script).code()).as(script).isNotZero();
    }

    assertThat(Files.readString(file)).isEqualTo(before);
    assertThat(only()).isEqualTo(file);
  }

  @Test
  void whatSendmailDidNotMakeIsLeftAlone() throws Exception {
    Path secret = Files.writeString(instance.directory.resolve("secret"), "the secret\n");
    instance.shell.run("postfix check");
    as(
        NAMELESS,
        "cd "
            + queue
            + "/maildrop; ln -s "
            + secret
            + " 1.0; mkfifo 2.0; mkdir 3.0; echo y >4.0; ln 4.0 5.0; echo x | sendmail root");

    instance.start();

    instance.awaitLog("status=sent");
    instance.awaitLog("maildrop/1.0: ignored: it is no regular file");
    instance.awaitLog("maildrop/2.0: ignored: it is no regular file");
    instance.awaitLog("maildrop/3.0: ignored: it is no regular file");
    instance.awaitLog("maildrop/4.0: ignored: it has 2 links");
    assertThat(instance.logText().split("postfix/pickup[^\n]*uid=", -1)).hasSize(2);
    assertThat(secret).hasContent("the secret");
  }

  @Test
  void aSandboxedCallerUsesTheSocket() throws Exception {
    assumeTrue(instance.shell.run("unshare -m true").code() == 0, "no mount namespaces here");
    instance.start();
    String games = "setpriv --reuid=games --regid=games --clear-groups --no-new-privs -- sendmail ";
    String sandbox = "echo x | " + SANDBOX + queue + " " + games;

    for (String option : new String[] {"-i", "-v"}) {
      Shell.Result taken = instance.shell.run(sandbox + option + " root");
      assertThat(taken.code()).as("%s", taken).isZero();
    }
    instance.await(
        "both", () -> instance.logText().split(": uid=5 from=<games>\n", -1).length == 3);
    instance.shell.run("postfix stop");
    Shell.Result refused = instance.shell.run(sandbox + "root");

    assertThat(refused.code()).isEqualTo(75);
    assertThat(refused.err())
        .startsWith("sendmail: fatal: games(5): cannot write to " + queue + "/maildrop: Read-only")
        .contains("postfix start");
  }

  @Test
  void aConfigurationNobodyMayReadIsTold() throws Exception {
    instance.start();
    Files.setAttribute(instance.etc, "unix:mode", 0700);

    Shell.Result refused = as("games", "echo x | sendmail root");

    assertThat(refused.code()).isEqualTo(75);
    assertThat(refused.err())
        .isEqualTo("sendmail: fatal: open " + instance.etc + "/main.cf: Permission denied\n");
  }

  @Test
  void theFactsAreRefreshedForAll() throws Exception {
    Path facts = instance.etc.resolve(".postrider-handover");
    instance.start();
    assertThat(facts).exists();

    Files.delete(facts);
    assertThat(instance.shell.run("postfix reload").code()).isZero();
    assertThat(facts).exists();

    Files.delete(facts);
    instance.shell.run("postconf -e message_size_limit=30000");
    assertThat(Files.readAllLines(facts, StandardCharsets.UTF_8).get(2)).isEqualTo("28976");
    assertThat((Integer) Files.getAttribute(facts, "unix:mode") & 07777).isEqualTo(0644);
  }

  private Path only() throws IOException {
    try (var files = Files.list(queue.resolve("maildrop"))) {
      return files.toList().getFirst();
    }
  }
}

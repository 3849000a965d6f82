package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Programs that nobody here wrote hand mail over, and it arrives at the relay. */
class ClientsTest {
  private static SmtpSink sink;
  private static Instance host;
  private static String sendmail;

  @BeforeAll
  static void aHostThatRelaysToASink() throws IOException, InterruptedException {
    sink = SmtpSink.start();
    host = Instance.create();
    host.main("relayhost = [127.0.0.1]:" + sink.port);
    Files.writeString(host.etc.resolve("aliases"), "postmaster: root\nroot: admin@dest.test\n");
    assertThat(host.shell.run("newaliases").code()).isZero();
    host.start();
    sendmail = host.shell.run("command -v sendmail").out().strip();
  }

  @AfterAll
  static void end() throws IOException, InterruptedException {
    if (host != null) {
      host.close();
    }
    if (sink != null) {
      sink.close();
    }
  }

  @Test
  void swaks() throws IOException, InterruptedException {
    need("swaks");
    run(
        "swaks --server 127.0.0.1:%d --to you@dest.test --from me@here.test --h-Subject swaks"
            .formatted(host.port));
    assertArrived("Subject: swaks", "X-Rcpt-Args: <you@dest.test>");
  }

  @Test
  void pythonSmtplib() throws IOException, InterruptedException {
    need("python3");
    run(
        """
        python3 - <<'END'
        import smtplib
        from email.message import EmailMessage
        m = EmailMessage()
        m['Subject'] = 'smtplib'
        m['From'] = 'me@here.test'
        m['To'] = 'you@dest.test'
        m.set_content('gr\\u00fcn\\n.\\n..\\n')
        with smtplib.SMTP('127.0.0.1', %d) as s:
            s.send_message(m)
        END
        """
            .formatted(host.port));
    assertArrived("Subject: smtplib", "you@dest.test");
  }

  @Test
  void bsdMailx() throws IOException, InterruptedException {
    need("bsd-mailx");
    Path rc =
        Files.writeString(host.directory.resolve("mailrc"), "set sendmail=" + sendmail + "\n");
    run(
        "echo body | MAILRC=%s bsd-mailx -s mailx -c copy@dest.test -b blind@dest.test you@dest.test"
            .formatted(rc));
    String arrived = assertArrived("Subject: mailx", "you@dest.test");
    assertThat(arrived).contains("blind@dest.test").doesNotContain("Bcc:");
  }

  @Test
  void sNail() throws IOException, InterruptedException {
    need("s-nail");
    run("echo body | s-nail -n -S mta=" + sendmail + " -s s-nail you@dest.test");
    assertArrived("Subject: s-nail", "you@dest.test");
  }

  @Test
  void mutt() throws IOException, InterruptedException {
    need("mutt");
    run(
        ("echo body | HOME=%s mutt -n -F /dev/null -e 'set sendmail=\"%s -oem -oi\"'"
                + " -e 'set copy=no' -e 'set from=me@here.test' -s mutt you@dest.test")
            .formatted(host.directory, sendmail));
    assertArrived("Subject: mutt", "you@dest.test");
  }

  @Test
  void gitSendEmail() throws IOException, InterruptedException {
    assumeTrue(
        host.shell.run("test -x \"$(git --exec-path)/git-send-email\"").code() == 0,
        "git send-email is not installed (Debian's package git-email)");
    assumeTrue(
        host.shell.run("perl -MMail::Address -e 1").code() == 0,
        "git send-email lacks Mail::Address (Debian's package libmailtools-perl)");
    run(
        """
        set -e
        export HOME=%1$s GIT_CONFIG_NOSYSTEM=1
        git init -q repo
        cd repo
        git config user.name Me
        git config user.email me@here.test
        echo a > a
        git add a
        git commit -q -m 'git: Send a patch'
        git format-patch -q --root -1
        git send-email --quiet --from=me@here.test --to=you@dest.test --confirm=never \\
          --smtp-server=%2$s 0001-*.patch
        """
            .formatted(host.directory, sendmail));
    assertArrived("git: Send a patch", "you@dest.test");
  }

  @Test
  void cronsOutputToRootEndsAtTheAliasedAddress() throws IOException, InterruptedException {
    assumeTrue(Instance.isRoot(), "cron reads other users' crontabs as root only");
    need("cron");
    assumeTrue(
        host.shell.run("unshare -m true").code() == 0,
        "a mount namespace of its own (unshare -m) is not allowed here");
    // cron has /usr/sbin/sendmail built in: in a mount namespace of its own that is ours, and so is
    // /etc/postfix.
    Path crontab = host.directory.resolve("crontab");
    Files.writeString(crontab, "* * * * * root echo output of a job\n");
    Path script = host.directory.resolve("cron.sh");
    Files.writeString(
        script,
        """
        set -e
        mount --make-rprivate /
        mkdir -p %1$s/empty /etc/postfix
        mount --bind %2$s /etc/postfix
        [ -e /usr/sbin/sendmail ] || touch /usr/sbin/sendmail
        mount --bind %1$s/sendmail /usr/sbin/sendmail
        mount --bind %3$s /etc/crontab
        for d in /etc/cron.d /var/spool/cron/crontabs; do mount --bind %1$s/empty $d; done
        mount -t tmpfs tmpfs /run
        exec cron -f
        """
            .formatted(host.directory, host.etc, crontab));
    Files.writeString(
        host.directory.resolve("sendmail"), "#!/bin/sh\nexec " + sendmail + " \"$@\"\n");
    Files.setAttribute(host.directory.resolve("sendmail"), "unix:mode", 0755);
    Process cron =
        new ProcessBuilder("unshare", "-m", "sh", script.toString())
            .redirectErrorStream(true)
            .redirectOutput(host.directory.resolve("cron.out").toFile())
            .start();
    try {
      Instance.await(
          "cron's mail to be relayed",
          () -> host.logText().contains("to=<admin@dest.test>, orig_to=<root>"),
          () -> host.logText() + read(host.directory.resolve("cron.out")),
          java.time.Duration.ofSeconds(100));
    } finally {
      cron.descendants().forEach(ProcessHandle::destroyForcibly);
      cron.destroyForcibly().onExit().join();
    }
    assertArrived("output of a job", "X-Rcpt-Args: <admin@dest.test>");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }

  private static void need(String program) throws IOException, InterruptedException {
    assumeTrue(host.shell.has(program), program + " is not installed");
  }

  private static void run(String script) throws IOException, InterruptedException {
    Shell.Result result = host.shell.run(script);
    assertThat(result.code()).as(result.all()).isZero();
  }

  private static String assertArrived(String text, String envelope) throws IOException {
    List<String> arrived = sink.take(1, host::logText);
    assertThat(arrived).hasSize(1);
    assertThat(arrived.getFirst()).contains(text).contains(envelope);
    return arrived.getFirst();
  }
}

package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two mail systems side by side on one machine, as an administrator makes and runs them. */
class SeveralInstancesTest {
  private Instance host;
  private Path second;

  @BeforeEach
  void aMachineWithOne() throws IOException, InterruptedException {
    host = Instance.create();
    second = host.directory.resolve("conf/postfix-out");
    host.main("syslog_name = postfix\nmail_spool_directory = " + host.directory + "/mailboxes");
  }

  @AfterEach
  void end() throws IOException, InterruptedException {
    if (host != null) {
      OwnEtc.run(host.shell, host.etc, "postfix stop");
      kill(host.directory.resolve("postfix-out/pid/master.pid"));
      host.close();
    }
  }

  private static void kill(Path pid) throws IOException {
    if (Files.exists(pid)) {
      ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
          .ifPresent(process -> {
            process.destroyForcibly();
            process.onExit().join();
          });
    }
  }

  private Shell.Result run(String script) throws IOException, InterruptedException {
    return OwnEtc.run(host.shell, host.etc, script);
  }

  private String make(String more) {
    return """
    set -e
    postmulti -e init
    postmulti -I postfix-out -e create config_directory=%1$s data_directory=%2$s/out.data
    postconf -c %1$s -e maillog_file=%2$s/mail.log 'maillog_file_prefixes=/var, %2$s' \\
      myhostname=host.local.test 'mydestination=$myhostname' 'alias_maps=' \\
      mail_spool_directory=%2$s/mailboxes authorized_submit_users=static:anyone
    """
            .formatted(second, host.directory)
        + more;
  }

  @Test
  void bothDeliverUnderTheirOwnNamesAndEndTogether() throws IOException, InterruptedException {
    OwnEtc.assumePossible(host.shell);
    int port = Instance.freePort();
    Shell.Result made =
        run(
            make(
                """
                postconf -c %1$s -e 'master_service_disable=' multi_instance_enable=yes
                sed -i 's/^smtp  *inet/127.0.0.1:%2$d inet/' %1$s/master.cf
                postfix start
                postmulti -l
                """
                    .formatted(second, port)));

    assertThat(made.code()).as(made.all()).isZero();
    assertThat(made.out())
        .isEqualTo(
            "-               -               y         /etc/postfix\n"
                + "postfix-out     -               y         "
                + second
                + "\n");
    assertThat(run("echo one | sendmail -f a@local.test bin").code()).isZero();
    Shell.Result other = run("echo two | sendmail -C %s -f a@local.test bin".formatted(second));
    assertThat(other.code()).as(other.all()).isZero();
    host.await(
        "both deliveries",
        () ->
            host.logText().matches("(?s).* postfix/local\\[\\d+]: \\w+: to=<bin@.*status=sent.*")
                && host.logText()
                    .matches("(?s).* postfix-out/local\\[\\d+]: \\w+: to=<bin@.*status=sent.*"));
    for (Path queue : List.of(host.directory.resolve("q"), host.directory.resolve("postfix-out"))) {
      assertThat(queue.resolve("public/control")).exists();
      assertThat(queue.resolve("spool")).isDirectory();
    }
    Shell.Result both = run("postfix status");
    assertThat(both.code()).as(both.all()).isZero();
    Shell.Result again = run("postfix start");
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err())
        .contains("postfix/postfix-script: fatal: the Postrider mail system is already running")
        .contains(
            "postfix-out/postfix-script: fatal: the Postrider mail system is already running");

    assertThat(run("postfix stop").code()).isZero();

    List<String> stops =
        host.logText()
            .lines()
            .filter(line -> line.endsWith(": stopping the Postrider mail system"))
            .toList();
    assertThat(stops)
        .satisfiesExactly(
            line -> assertThat(line).contains(" postfix-out/postfix-script["),
            line -> assertThat(line).contains(" postfix/postfix-script["));
    assertThat(run("postfix status").code()).isEqualTo(1);
  }

  @Test
  void aNewOneListensNowhereAndOneThatIsDisabledIsOnlyChecked()
      throws IOException, InterruptedException {
    OwnEtc.assumePossible(host.shell);
    Shell.Result made = run(make("postfix start\n"));

    assertThat(made.code()).as(made.all()).isZero();
    assertThat(run("postfix -c " + second + " status").code()).isEqualTo(1);
    // Though its master.cf has the same service as the first one's.
    assertThat(run("postfix -c " + second + " start").code()).isZero();
    Shell.Result refused = run("postmulti -i out -e destroy");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("is not stopped");
    assertThat(run("postfix -c " + second + " stop").code()).isZero();
    Shell.Result destroyed = run("postmulti -i out -e destroy");
    assertThat(destroyed.all()).isEmpty();
    assertThat(destroyed.code()).isZero();
    assertThat(second).doesNotExist();
    assertThat(host.directory.resolve("postfix-out")).doesNotExist();
    assertThat(host.directory.resolve("out.data")).doesNotExist();
  }

  @Test
  void oneWithMailInItsQueueIsNotDestroyed() throws IOException, InterruptedException {
    OwnEtc.assumePossible(host.shell);
    Shell.Result made =
        run(make("echo text | sendmail -C %s -f a@local.test you@dest.test\n".formatted(second)));
    assertThat(made.code()).as(made.all()).isZero();

    Shell.Result refused = run("postmulti -i out -e destroy");

    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err())
        .contains("has mail in its queue, 1 message (deliver it, or take it away: postsuper -c ");
    assertThat(run("postmulti -l").out()).contains("postfix-out");
  }

  @Test
  void aQueueOfAnotherAndAPortOfAnotherAreRefusedWithTheirNames()
      throws IOException, InterruptedException {
    OwnEtc.assumePossible(host.shell);
    assertThat(run("postfix start").code()).isZero();
    Path copy = host.directory.resolve("copy");
    Shell.Result copied = run("cp -r /etc/postfix %1$s && postfix -c %1$s start".formatted(copy));

    assertThat(copied.code()).isEqualTo(1);
    assertThat(copied.err())
        .contains("queue_directory = " + host.directory + "/q is in use by the mail system of ")
        .contains("give each instance a queue_directory of its own");
    // Nor is the first one stopped by the name of the second.
    assertThat(run("postfix -c %s stop".formatted(copy)).code()).isEqualTo(1);
    assertThat(run("postfix status").code()).isZero();

    Shell.Result ports =
        run(
            "postconf -c %1$s -e queue_directory=%2$s/q2 data_directory=%2$s/d2 && postfix -c %1$s start"
                .formatted(copy, host.directory));
    assertThat(ports.code()).isEqualTo(1);
    assertThat(ports.err()).contains("port " + host.port).contains("ddress already in use");
  }
}

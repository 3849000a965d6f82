package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Starting, stopping, reloading, and the commands of the queue, as an administrator sees them. */
class RunningTest {
  private Instance host;

  @BeforeEach
  void aFreshMachine() throws IOException {
    host = Instance.create();
    host.main("relayhost = [127.0.0.1]:1\nsyslog_name = postfix");
  }

  @AfterEach
  void end() throws IOException, InterruptedException {
    if (host != null) {
      host.close();
    }
  }

  private int code(String script) throws IOException, InterruptedException {
    return host.shell.run(script).code();
  }

  @Test
  void exitCodesOfStartStatusAndStopArePostfixs() throws IOException, InterruptedException {
    assertThat(code("postfix status")).isEqualTo(1);
    assertThat(code("postfix stop")).isEqualTo(1);
    assertThat(code("postfix reload")).isEqualTo(1);
    assertThat(code("postfix check")).isZero();
    assertThat(code("postfix start")).isZero();
    assertThat(code("postfix status")).isZero();
    Shell.Result again = host.shell.run("postfix start");
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err())
        .isEqualTo("postfix/postfix-script: fatal: the Postrider mail system is already running\n");
    assertThat(code("postfix reload")).isZero();
    assertThat(code("postfix flush")).isZero();
    assertThat(code("postfix stop")).isZero();
    assertThat(code("postfix status")).isEqualTo(1);
    assertThat(code("postfix nonsense")).isEqualTo(1);
    assertThat(host.logText())
        .contains("postfix/postfix-script[")
        .contains("]: starting the Postrider mail system")
        .contains("postfix/master[")
        .contains("]: daemon started -- version 3.")
        .contains("]: reload -- version 3.");
  }

  @Test
  void aBadConfigurationIsToldWithItsPlaceAndNothingStarts()
      throws IOException, InterruptedException {
    host.main("smtp_connect_timeout = 5q");
    Shell.Result start = host.shell.run("postfix start");

    assertThat(start.code()).isEqualTo(1);
    assertThat(start.err())
        .contains("main.cf, line ")
        .contains("smtp_connect_timeout")
        .contains("5q");
    assertThat(code("postfix status")).isEqualTo(1);
  }

  @Test
  void aSettingThatIsNotSafeToIgnoreStopsTheStart() throws IOException, InterruptedException {
    host.main("smtpd_milters = inet:127.0.0.1:1");
    Shell.Result start = host.shell.run("postfix start");

    assertThat(start.code()).isEqualTo(1);
    assertThat(start.err()).contains("smtpd_milters").contains("main.cf, line ");
  }

  @Test
  void aReloadTakesNewSettingsWithoutDroppingASession() throws IOException, InterruptedException {
    host.start();
    try (Socket socket = new Socket("127.0.0.1", host.port)) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      assertThat(in.readLine()).startsWith("220 host.local.test ESMTP");
      host.main("smtpd_banner = $myhostname ESMTP changed");

      assertThat(code("postfix reload")).isZero();

      socket.getOutputStream().write("NOOP\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(in.readLine()).isEqualTo("250 2.0.0 Ok");
    }
    try (Socket socket = new Socket("127.0.0.1", host.port)) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      assertThat(in.readLine()).isEqualTo("220 host.local.test ESMTP changed");
    }
  }

  @Test
  void aSessionOfAServiceThatAReloadTookAwayHearsOfTheStop()
      throws IOException, InterruptedException {
    host.start();
    try (Socket socket = new Socket("127.0.0.1", host.port)) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      assertThat(in.readLine()).startsWith("220 host.local.test ESMTP");
      Path master = host.etc.resolve("master.cf");
      Files.writeString(
          master, Files.readString(master).replace(":" + host.port, ":" + Instance.freePort()));
      assertThat(code("postfix reload")).isZero();

      assertThat(code("postfix stop")).isZero();

      assertThat(in.readLine()).startsWith("421 4.3.2 host.local.test Error: server is shutting");
    }
  }

  @Test
  void aBadReloadLeavesTheOldSettingsInUse() throws IOException, InterruptedException {
    host.start();
    String good = Files.readString(host.etc.resolve("main.cf"));
    host.main("queue_run_delay = never");

    assertThat(code("postfix reload")).isEqualTo(1);

    Files.writeString(host.etc.resolve("main.cf"), good);
    assertThat(code("postfix status")).isZero();
  }

  @Test
  void aReloadRefusesWhatTheStartWouldRefuse() throws IOException, InterruptedException {
    host.start();
    host.main("smtpd_milters = inet:127.0.0.1:1");

    Shell.Result reload = host.shell.run("postfix reload");

    assertThat(reload.code()).isEqualTo(1);
    assertThat(reload.err()).contains("smtpd_milters");
    assertThat(code("postfix status")).isZero();
  }

  @Test
  void afterARotationTheLogGoesOnInANewFile() throws IOException, InterruptedException {
    host.start();

    Shell.Result rotated = host.shell.run("postfix logrotate");

    assertThat(rotated.code()).as(rotated.all()).isZero();
    assertThat(code("echo body | sendmail you@dest.test")).isZero();
    host.awaitLog("to=<you@dest.test>");
    assertThat(host.logText()).doesNotContain("daemon started");
    try (var files = Files.list(host.directory)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .anyMatch(name -> name.matches("mail\\.log\\.\\d.*\\.gz"));
    }
  }

  @Test
  void aLogThatCannotBeOpenedDoesNotKeepItFromBeingStopped()
      throws IOException, InterruptedException {
    host.start();
    host.main("maillog_file = " + host.directory + "/gone/mail.log");
    String open = "maillog_file: open " + host.directory + "/gone/mail.log: ";

    assertThat(code("postfix status")).isZero();
    Shell.Result stop = host.shell.run("postfix stop");

    assertThat(stop.code()).isZero();
    assertThat(stop.err()).contains("postfix: warning: " + open + "No such file or directory\n");
    Shell.Result start = host.shell.run("postfix start");
    assertThat(start.code()).isEqualTo(1);
    assertThat(start.err()).contains("postfix: fatal: " + open + "No such file or directory\n");
  }

  @Test
  void aSecondDaemonOnTheSameQueueIsRefusedByName() throws IOException, InterruptedException {
    host.start();
    String pid = Files.readString(host.directory.resolve("q/pid/master.pid")).strip();
    Process second = host.daemon();
    String said = new String(second.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(second.waitFor()).isEqualTo(69);
    assertThat(said).contains("is in use by process " + pid);
  }

  @Test
  void whatIsHandedOverWithoutADaemonWaitsAndIsTakenAtTheNextStart()
      throws IOException, InterruptedException {
    assertThat(code("postfix check")).isZero();
    assertThat(code("echo body | sendmail you@dest.test")).isZero();
    assertThat(host.shell.run("mailq").out()).contains("you@dest.test");

    host.start();

    host.awaitLog("to=<you@dest.test>");
    host.awaitLog("status=deferred");
    assertThat(host.shell.run("mailq").out()).contains("Connection refused");
    assertThat(host.shell.run("postqueue -j").out())
        .startsWith("{\"queue_name\": \"deferred\", \"queue_id\": \"");
    assertThat(code("postfix stop")).isZero();
    Shell.Result stopped = host.shell.run("mailq");
    assertThat(stopped.code()).isZero();
    assertThat(stopped.out()).contains("you@dest.test").contains("Connection refused");
    assertThat(stopped.err()).contains("Mail system is down -- accessing queue directly");
    assertThat(host.shell.run("postqueue -f").err())
        .isEqualTo("postqueue: fatal: Cannot flush mail queue - mail system is down\n");
    assertThat(code("postqueue -f")).isEqualTo(69);
    assertThat(host.shell.run("postfix flush").err())
        .isEqualTo("postqueue: fatal: Cannot flush mail queue - mail system is down\n");
    assertThat(code("postfix flush")).isEqualTo(69);
  }

  @Test
  void postqueueMisusedSaysAndExitsAsDebians() throws IOException, InterruptedException {
    try (RealPostfix postfix = RealPostfix.start("")) {
      host.start();
      for (String arguments :
          new String[] {"", "-x", "-i", "-s", "-p -f", "word", "-i NOSUCH", "-p", "-j", "-f"}) {
        Shell.Result theirs = postfix.shell.run("/usr/sbin/postqueue " + arguments);
        Shell.Result ours = host.shell.run("postqueue " + arguments);

        assertThat(ours.code()).as("postqueue " + arguments).isEqualTo(theirs.code());
        assertThat(ours.all()).as("postqueue " + arguments).isEqualTo(theirs.all());
      }
    }
  }

  @Test
  void mailqPrintsADeferredMessageAsDebiansDoes() throws IOException, InterruptedException {
    try (RealPostfix postfix = RealPostfix.start("relayhost = [127.0.0.1]:1")) {
      host.start();
      String call = "printf 'Subject: x\\n\\nbody\\n' | %s -f me@here.test a@dest.test b@dest.test";
      assertThat(postfix.shell.run(call.formatted("/usr/sbin/sendmail")).code()).isZero();
      assertThat(code(call.formatted("sendmail"))).isZero();
      host.awaitLog("to=<b@dest.test>");
      Instance.await(
          "Postfix to try",
          () -> {
            try {
              return Files.readString(postfix.log).contains("to=<b@dest.test>");
            } catch (IOException e) {
              return false;
            }
          },
          host::logText);

      String theirs = postfix.shell.run("/usr/sbin/postqueue -p").out();
      String ours = host.shell.run("mailq").out();
      assertThat(sameQueue(ours.replaceAll(OUR_WORDS, ""))).isEqualTo(sameQueue(theirs));
      assertThat(ours).containsPattern(OUR_WORDS);
    }
  }

  /** What only we say, between the entries and the last line. */
  private static final String OUR_WORDS = "(?m)^-- 1 message: .*\\n(--   .*\\n)+";

  /** Without what cannot be the same: the id with its width, the size and the time. */
  private static String sameQueue(String listing) {
    return listing.replaceAll(
        "(?m)^[0-9A-F]{9,14}\\*? +\\d+ [A-Z][a-z]{2} [A-Z][a-z]{2} [ \\d]\\d [\\d:]{8}",
        "ID SIZE TIME");
  }

  @Test
  void postlogWritesIntoTheLog() throws IOException, InterruptedException {
    assertThat(code("postlog -p warn -t mytag hello there")).isZero();
    assertThat(code("printf 'one\\ntwo\\n' | postlog -t mytag")).isZero();
    assertThat(code("postlog -p loud x")).isEqualTo(1);

    assertThat(host.logText())
        .containsPattern("mytag\\[\\d+\\]: warning: hello there\n")
        .containsPattern("mytag\\[\\d+\\]: one\n")
        .containsPattern("mytag\\[\\d+\\]: two\n");
  }

  @Test
  void aStopWaitsForSessionsAndDeliveriesSideBySide() throws IOException, InterruptedException {
    try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      host.main("relayhost = [127.0.0.1]:" + mute.getLocalPort());
      host.start();
      assertThat(code("echo body | sendmail you@dest.test")).isZero();
      try (Socket delivery = mute.accept();
          Socket session = new Socket("127.0.0.1", host.port)) {
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(session.getInputStream(), StandardCharsets.US_ASCII));
        assertThat(in.readLine()).startsWith("220 ");
        for (String command :
            new String[] {"HELO a.test", "MAIL FROM:<a@a.test>", "RCPT TO:<b@b.test>", "DATA"}) {
          session.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
          assertThat(in.readLine()).startsWith(command.equals("DATA") ? "354 " : "250 ");
        }

        Shell.Result stop = host.shell.run("postfix stop");

        assertThat(stop.code()).as(stop.all()).isZero();
        assertThat(code("postfix status")).isEqualTo(1);
        assertThat(delivery.isConnected()).isTrue();
      }
      assertThat(host.shell.run("mailq").out()).contains("you@dest.test").contains("1 Request.");
    }
  }

  @Test
  void startInTheForegroundEndsWithTheSignal() throws IOException, InterruptedException {
    Shell.Result result =
        host.shell.run(
            "postfix start-fg > fg.out 2>&1 & p=$!; "
                + "until postfix status; do [ -d /proc/$p ] || exit 1; done; "
                + "kill $p; wait $p; postfix status || echo ended");

    assertThat(result.out()).contains("ended");
  }

  @Test
  void anInterruptedTryLeavesNothingBehind() throws IOException, InterruptedException {
    // In the worst moment: while "postfix start" makes the daemon, in a session of its own.
    Shell.Result shown =
        host.shell.run(
            "setsid postrider try > try.out 2>&1 & p=$!; "
                + "until grep -q '^[$] postfix start' try.out; do [ -d /proc/$p ] || exit 1; done; "
                + "kill -TERM -$p; wait $p; cat try.out");

    String directory = shown.out().substring(shown.out().indexOf("/tmp/postrider-try-"));
    directory = directory.substring(0, directory.indexOf(','));
    assertThat(Path.of(directory)).doesNotExist();
    String etc = directory + "/etc";
    assertThat(ProcessHandle.allProcesses())
        .noneMatch(
            each -> Stream.of(each.info().arguments().orElse(new String[0])).anyMatch(etc::equals));
  }

  @Test
  void tryShowsItsThreeMessagesAndLeavesNothingBehind() throws IOException, InterruptedException {
    Shell.Result shown = host.shell.run("postrider try");

    assertThat(shown.code()).as(shown.all()).isZero();
    assertThat(shown.out().lines().filter(line -> line.contains("status=sent"))).hasSize(3);
    assertThat(shown.out().lines().filter(line -> line.contains("over TLS"))).hasSize(3);
    String directory = shown.out().substring(shown.out().indexOf("/tmp/postrider-try-"));
    directory = directory.substring(0, directory.indexOf(','));
    assertThat(Path.of(directory)).doesNotExist();
  }
}

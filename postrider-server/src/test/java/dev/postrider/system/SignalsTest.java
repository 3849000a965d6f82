package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a daemon does when it gets a signal, also a second one and in odd moments. */
@Timeout(180)
class SignalsTest {
  /** Below the 20 seconds that what is in hand may take after one signal. */
  private static final Duration AT_ONCE = Duration.ofSeconds(15);

  private Instance host;
  private ServerSocket silent;

  @BeforeEach
  void aDestinationThatSaysNothing() throws IOException {
    host = Instance.create();
    silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    host.main("relayhost = [127.0.0.1]:" + silent.getLocalPort());
    host.main("syslog_name = postfix");
  }

  @AfterEach
  void end() throws IOException, InterruptedException {
    silent.close();
    host.close();
  }

  private void signal(String name, long pid) throws IOException, InterruptedException {
    Shell.Result sent = host.shell.run("kill -" + name + " " + pid);
    assertThat(sent.code()).as(sent.all()).isZero();
  }

  private long lines(String text) {
    return host.logText().lines().filter(line -> line.contains(text)).count();
  }

  @Test
  void aSecondTermEndsItAtOnceAndWhatWasAcceptedStays() throws IOException, InterruptedException {
    Process daemon = KillTest.start(host);
    assertThat(host.shell.run("echo body | sendmail you@dest.test").code()).isZero();
    try (Socket _ = silent.accept()) {
      long begun = System.nanoTime();
      signal("TERM", daemon.pid());
      host.awaitLog("]: terminating");
      // Those that come within a second belong to the first; the next one is the second.
      host.await(
          "the end",
          () -> {
            daemon.toHandle().destroy();
            return !daemon.isAlive();
          });

      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(AT_ONCE);
    }
    assertThat(daemon.waitFor()).isEqualTo(143);
    assertThat(lines("terminating at once, as was asked for a second time")).isEqualTo(1);
    assertThat(host.shell.run("mailq").out()).contains("you@dest.test");

    Process next = KillTest.start(host);
    try (Socket _ = silent.accept()) {
      assertThat(host.shell.run("mailq").out()).contains("you@dest.test");
    }
    next.destroyForcibly().onExit().join();
  }

  @Test
  void whatIsIdleEndsWithTheFirstTermByThatSignalAsPostfixsMasterDoes()
      throws IOException, InterruptedException {
    Process daemon = KillTest.start(host);

    signal("TERM", daemon.pid());

    // As a shell sees the end by a signal, and 128 and its number too.
    assertThat(daemon.waitFor()).isEqualTo(143);
    assertThat(host.directory.resolve("q/pid/master.pid")).doesNotExist();
    assertThat(lines("terminating at once")).isZero();
  }

  @Test
  void aHangUpReloadsAndSeveralAtOnceDoNoHarm() throws IOException, InterruptedException {
    Process daemon = KillTest.start(host);
    for (int i = 0; i < 20; i++) {
      signal("HUP", daemon.pid());
    }
    host.awaitLog("]: reload -- version");

    String good = Files.readString(host.etc.resolve("main.cf"));
    host.main("queue_run_delay = never");
    signal("HUP", daemon.pid());
    host.awaitLog("reload refused, the old settings stay in use");
    Files.writeString(host.etc.resolve("main.cf"), good);
    long before = lines("]: reload -- version");
    signal("HUP", daemon.pid());
    host.await("another reload", () -> lines("]: reload -- version") > before);

    assertThat(host.shell.run("postfix status").code()).isZero();
    daemon.destroyForcibly().onExit().join();
  }

  @Test
  void aHangUpDuringTheStopChangesNothing() throws IOException, InterruptedException {
    Process daemon = KillTest.start(host);
    assertThat(host.shell.run("echo body | sendmail you@dest.test").code()).isZero();
    try (Socket delivery = silent.accept()) {
      signal("TERM", daemon.pid());
      host.awaitLog("]: terminating");
      signal("HUP", daemon.pid());
      // The server hangs up: the delivery is over, and so is the stop.
      delivery.close();

      assertThat(daemon.waitFor()).isEqualTo(143);
    }
    assertThat(lines("]: reload -- version")).isZero();
  }

  @Test
  void inTheForegroundSignalsAreForTheDaemon() throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(Instance.IMAGE.resolve("bin/postfix").toString(), "start-fg")
            .redirectErrorStream(true)
            .redirectOutput(host.directory.resolve("said").toFile());
    builder.environment().put("MAIL_CONFIG", host.etc.toString());
    Process foreground = builder.start();
    host.awaitLog("]: daemon started");
    long daemon =
        Long.parseLong(Files.readString(host.directory.resolve("q/pid/master.pid")).strip());

    signal("HUP", foreground.pid());
    host.awaitLog("]: reload -- version");
    signal("TERM", foreground.pid());

    assertThat(foreground.waitFor()).isEqualTo(143);
    assertThat(ProcessHandle.of(daemon)).as("the daemon's process").isEmpty();
  }
}

package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
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

/** The mail system that comes when somebody sends, and goes when there is nothing to do. */
class OnDemandTest {
  private Instance host;

  @BeforeEach
  void aFreshMachine() throws IOException, InterruptedException {
    host = Instance.create();
    host.main(
        """
        postrider_autostart = yes
        postrider_idle_exit = 1s
        syslog_name = postfix
        """);
    host.shell.run("postfix check");
  }

  @AfterEach
  void end() throws IOException, InterruptedException {
    if (host != null) {
      host.shell.run("postfix stop");
      host.close();
    }
  }

  private boolean answers() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), host.port)) {
      return socket.getInputStream().read() == '2';
    } catch (IOException e) {
      return false;
    }
  }

  private long count(String text) {
    return host.logText().lines().filter(line -> line.contains(text)).count();
  }

  private void awaitDeparture() throws IOException {
    host.await(
        "the daemon to leave and all that started it", () -> !Files.exists(run("master.pid")));
  }

  private Path run(String name) {
    return host.directory.resolve("q/pid").resolve(name);
  }

  private boolean nothingIsLeft() {
    try (Stream<Path> left = Files.list(host.directory.resolve("q/pid"))) {
      return left.findAny().isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String user() {
    // Root's own mail goes to whoever is root's alias.
    return Instance.isRoot() ? "games" : System.getProperty("user.name");
  }

  @Test
  void asSomebodyAtAMacSeesIt() throws IOException, InterruptedException {
    assertThat(answers()).as("port 25 before").isFalse();

    Shell.Result sent = host.shell.run("echo Hello | mail -s demand " + user() + "@localhost");
    assertThat(sent.code()).as(sent.all()).isZero();
    host.await("the port to answer", this::answers);
    host.await("the mailbox", () -> Files.exists(host.directory.resolve("mailboxes/" + user())));
    awaitDeparture();
    assertThat(answers()).as("port 25 afterwards").isFalse();
    // Its starter's files go one after the other, the one that names it first.
    host.await("its starter to end, with its files", this::nothingIsLeft);
    assertThat(host.logText()).contains("nothing to do for 1 seconds: leaving");
  }

  @Test
  void aSendmailThatIsCalledFromWhereItIsStartsItToo() throws IOException, InterruptedException {
    Shell.Result sent =
        host.shell.run(
            "cd $(dirname $(command -v sendmail)) && echo Hello | ./sendmail "
                + user()
                + "@localhost");
    assertThat(sent.code()).as(sent.all()).isZero();
    host.await("the delivery", () -> count(": removed") == 1);
    awaitDeparture();
  }

  @Test
  void manyAtOnceStartOneDaemonAndAllAreDelivered() throws IOException, InterruptedException {
    List<Process> senders = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      senders.add(host.shell.begin("echo " + i + " | sendmail -oi " + user() + "@localhost"));
    }
    for (Process sender : senders) {
      assertThat(sender.waitFor()).isZero();
    }
    host.await("eight deliveries", () -> count(": removed") == 8);
    awaitDeparture();

    assertThat(count("daemon started")).isEqualTo(1);
    assertThat(count("is in use by process")).isZero();
  }

  @Test
  void deferredMailGoesOutWithoutAnotherSubmission() throws IOException, InterruptedException {
    int port = Instance.freePort();
    host.main(
        """
        relayhost = [127.0.0.1]:%d
        queue_run_delay = 2s
        minimal_backoff_time = 2s
        maximal_backoff_time = 2s
        """
            .formatted(port));
    host.shell.run("postfix check");
    host.shell.run("echo Later | sendmail a@example.com");
    host.awaitLog("status=deferred");
    // Again and again: each daemon takes the time away, tries the message, and leaves another.
    host.await(
        "the daemon to leave, and to say until when",
        () -> !Files.exists(run("master.pid")) && Files.exists(run("wakeup")));
    assertThat(run("on-demand")).exists();

    try (SmtpSink sink = SmtpSink.startAt(port)) {
      host.await("the message to be relayed", () -> count("status=sent") == 1);
      assertThat(sink.complete()).isEqualTo(1);
    }
    awaitDeparture();
    host.await("its starter to end", () -> !Files.exists(run("on-demand")));
    assertThat(count("daemon started")).isGreaterThan(1);
  }

  @Test
  void aStopEndsWhatWaitsForDeferredMailToo() throws IOException, InterruptedException {
    host.main("relayhost = [127.0.0.1]:1");
    host.shell.run("postfix check");
    host.shell.run("echo Later | sendmail a@example.com");
    host.awaitLog("status=deferred");
    awaitDeparture();
    long waiting = Long.parseLong(Files.readString(run("on-demand")).split(" ")[0]);
    assertThat(ProcessHandle.of(waiting)).isPresent();

    assertThat(host.shell.run("postfix stop").code()).isZero();
    host.await("it to end", () -> ProcessHandle.of(waiting).isEmpty());
    assertThat(run("on-demand")).doesNotExist();
    assertThat(host.shell.run("postfix stop").code()).isEqualTo(1);
    assertThat(host.shell.run("mailq").out()).contains("a@example.com");
  }

  @Test
  void aDaemonThatWasKilledIsStartedByTheNextMessage() throws IOException, InterruptedException {
    host.main("postrider_idle_exit = 1h");
    host.shell.run("postfix check");
    host.start();
    long pid = Long.parseLong(Files.readString(run("master.pid")).strip());
    ProcessHandle daemon = ProcessHandle.of(pid).orElseThrow();
    daemon.destroyForcibly();
    daemon.onExit().join();
    assertThat(run("master.pid")).exists();

    host.shell.run("echo Hello | sendmail " + user() + "@localhost");
    host.await("the delivery", () -> count(": removed") == 1);
    assertThat(count("daemon started")).isEqualTo(2);
  }

  @Test
  void aNumberThatAnotherProcessHasByNowIsNotTheDaemon() throws IOException, InterruptedException {
    assumeTrue(Files.exists(Path.of("/proc/self/stat")), "needs /proc");
    long own = ProcessHandle.current().pid();
    Files.writeString(run("master.pid"), own + "\n");
    Files.writeString(run("master.since"), own + " 1\n");

    host.shell.run("echo Hello | sendmail " + user() + "@localhost");
    host.await("the delivery", () -> count(": removed") == 1);
  }

  @Test
  void withoutAutostartNothingIsStarted() throws IOException, InterruptedException {
    host.main("postrider_autostart = no");
    host.shell.run("postfix check");

    assertThat(host.shell.run("echo Hello | sendmail " + user() + "@localhost").code()).isZero();
    assertThat(run("on-demand")).doesNotExist();
    assertThat(answers()).isFalse();
  }

  /** As {@code master -e}, but never in the middle of a message. */
  @Test
  void itLeavesAtItsTimeAndFinishesTheMessageInHand() throws IOException, InterruptedException {
    host.main("postrider_idle_exit = 0\npostrider_autostart = no");
    assertThat(host.shell.run("postfix start -e 5").code()).isZero();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), host.port)) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      assertThat(in.readLine()).startsWith("220 ");
      for (String line :
          List.of("HELO me", "MAIL FROM:<>", "RCPT TO:<" + user() + "@localhost>", "DATA")) {
        socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        assertThat(in.readLine()).startsWith(line.equals("DATA") ? "354" : "250");
      }
      host.awaitLog("master exit time has arrived");
      host.await("the port to be closed", () -> !answers());
      socket.getOutputStream().write("\r\nHello\r\n.\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(in.readLine()).startsWith("250 2.0.0 Ok: queued as");
    }
    host.await("the delivery", () -> count("status=sent") == 1);
    awaitDeparture();
    assertThat(host.directory.resolve("mailboxes/" + user())).exists();
  }

  @Test
  void aLifetimeMustBeANumber() throws IOException, InterruptedException {
    Shell.Result start = host.shell.run("postfix start -e soon");
    assertThat(start.code()).isEqualTo(1);
    assertThat(start.err()).contains("unexpected: -e soon");
    assertThat(host.shell.run("postfix stop -e 3").code()).isEqualTo(1);
  }
}

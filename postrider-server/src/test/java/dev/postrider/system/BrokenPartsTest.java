package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Takes away what the parts of a running daemon need, from outside, and gives it back: each says
 * what it lacks, goes on by itself afterwards, and loses nothing.
 */
@Timeout(240)
class BrokenPartsTest {
  /** Long before the next look at the whole maildrop, which comes each minute. */
  private static final Duration WATCHED = Duration.ofSeconds(30);

  private Instance host;
  private KillTest.Receiver receiver;

  @BeforeEach
  void aRunningDaemon() throws IOException, InterruptedException {
    host = Instance.create();
    receiver = new KillTest.Receiver();
    host.main(
        """
        relayhost = [127.0.0.1]:%d
        minimal_backoff_time = 1s
        maximal_backoff_time = 2s
        queue_run_delay = 1s
        """
            .formatted(receiver.port()));
  }

  @AfterEach
  void end() throws IOException, InterruptedException {
    receiver.close();
    host.close();
  }

  /** What the receiver knows a message by is its recipient. */
  private void send(String name) throws IOException, InterruptedException {
    Shell.Result sent = host.shell.run("echo " + name + " | sendmail " + name + "@dest.test");
    assertThat(sent.code()).as(sent.all()).isZero();
  }

  private void awaitArrival(String name, Duration patience) throws IOException {
    Instance.await(
        name + " to arrive", () -> receiver.received.contains(name), host::logText, patience);
  }

  private long lines(String text) {
    return host.logText().lines().filter(line -> line.contains(text)).count();
  }

  @Test
  void socketsAndTheMaildropComeBackAfterTheyWereRemoved()
      throws IOException, InterruptedException {
    host.start();
    Path queue = host.directory.resolve("q");
    for (String name : List.of("control", "pickup")) {
      Files.delete(queue.resolve("public").resolve(name));
      host.awaitLog("public/" + name + " was removed or replaced: made again");
    }
    assertThat(host.shell.run("mailq").out()).contains("Mail queue is empty");

    Instance.delete(queue.resolve("maildrop"));
    host.awaitLog("cannot watch " + queue.resolve("maildrop"));
    // By the socket that was made again, as nobody can write there.
    send("m1");
    awaitArrival("m1", WATCHED);
    assertThat(host.shell.run("postfix check").code()).isZero();
    host.awaitLog("maildrop can be watched again");

    send("m2");
    awaitArrival("m2", WATCHED);
    assertThat(lines("cannot watch")).isEqualTo(1);
  }

  @Test
  void withoutDescriptorsEveryPartWaitsAndGoesOnWhenThereAreSome()
      throws IOException, InterruptedException {
    assumeTrue(host.shell.has("prlimit"), "prlimit (util-linux) is not installed");
    host.start();
    String pid = Files.readString(host.directory.resolve("q/pid/master.pid")).strip();
    send("m1");
    awaitArrival("m1", WATCHED);
    limitDescriptors(pid, "3");

    Process mailq = host.shell.begin("mailq");
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), host.port)) {
      send("m2");
      host.awaitLog("cannot accept a connection: ");
      host.awaitLog("public/control: ");
      host.awaitLog("cannot be taken yet: ");
      // Each says it about once a second; none dies or spins.
      host.await("it to go on for a while", () -> lines("cannot accept a connection") >= 4);
      assertThat(host.logText()).doesNotContain("begun again");
      assertThat(lines("cannot accept a connection")).isLessThan(20);

      limitDescriptors(pid, "1024");

      InputStream in = client.getInputStream();
      assertThat(new String(in.readNBytes(4), StandardCharsets.US_ASCII)).isEqualTo("220 ");
    }
    assertThat(mailq.waitFor()).isZero();
    send("m3");
    awaitArrival("m3", WATCHED);
    awaitArrival("m2", Duration.ofSeconds(90));
  }

  /** By its own user's right: root in a container may have none to another's limits. */
  private void limitDescriptors(String pid, String most) throws IOException, InterruptedException {
    String owner =
        Instance.isRoot()
            ? "setpriv --reuid $(id -u nobody) --regid $(id -g nobody) --clear-groups "
            : "";
    Shell.Result limited = host.shell.run(owner + "prlimit --nofile=" + most + ": --pid " + pid);
    assertThat(limited.code()).as(limited.all()).isZero();
  }

  @Test
  void aHelperThatIsKilledAgainAndAgainIsStartedEverMoreSlowlyAndLosesNothing()
      throws IOException, InterruptedException {
    assumeTrue(Instance.isRoot(), "needs root, whose helper is killed");
    host.main("local_destination_concurrency_limit = 4");
    Process daemon = KillTest.start(host);
    int messages = 12;
    for (int i = 0; i < messages; i++) {
      Shell.Result sent =
          host.shell.run(
              "printf 'Subject: number %02d\\n\\nx\\n' %d | sendmail games@localhost"
                  .formatted(i, i));
      assertThat(sent.code()).as(sent.all()).isZero();
    }
    long[] at = new long[7];
    for (int death = 0; death < at.length; death++) {
      host.await("helper " + death + " to be started", () -> helpers(daemon).findAny().isPresent());
      helpers(daemon).forEach(ProcessHandle::destroyForcibly);
      at[death] = System.nanoTime();
      int deaths = death + 1;
      host.await(
          "its end to be heard", () -> lines("helper of root's ended with code 137") >= deaths);
    }
    // Three at once, then after 2, 4 and 8 seconds.
    assertThat(Duration.ofNanos(at[4] - at[3])).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
    assertThat(Duration.ofNanos(at[5] - at[4])).isGreaterThanOrEqualTo(Duration.ofSeconds(4));
    assertThat(Duration.ofNanos(at[6] - at[5])).isGreaterThanOrEqualTo(Duration.ofSeconds(8));
    assertThat(host.logText())
        .containsPattern(
            "status=deferred \\(.*helper of root's has ended \\d times in a row.*started again in");
    assertThat(lines("status=bounced")).isZero();

    Path mailbox = host.directory.resolve("mailboxes/games");
    host.await("all mail", () -> subjects(mailbox).size() >= messages);

    host.await("the queue to be empty", () -> lines("]: removed") + lines(": removed") >= messages);
    assertThat(subjects(mailbox))
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, messages).mapToObj("Subject: number %02d"::formatted).toList());
    daemon.destroyForcibly().onExit().join();
  }

  private static Stream<ProcessHandle> helpers(Process daemon) {
    return daemon
        .descendants()
        .filter(each -> {
          List<String> words = List.of(each.info().arguments().orElse(new String[0]));
          return words.contains("helper") && words.contains("-cp");
        });
  }

  private static List<String> subjects(Path mailbox) {
    try {
      return Files.exists(mailbox)
          ? Files.readAllLines(mailbox, StandardCharsets.ISO_8859_1).stream()
              .filter(line -> line.startsWith("Subject: "))
              .toList()
          : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }

  @Test
  void withoutTheShellThatStartsTheHelperLocalMailWaitsForTheNextStart()
      throws IOException, InterruptedException {
    assumeTrue(Instance.isRoot(), "needs root, whose shell is killed");
    Process daemon = KillTest.start(host);
    daemon
        .children()
        .filter(each ->
            List.of(each.info().arguments().orElse(new String[0])).contains("postrider-helper"))
        .forEach(ProcessHandle::destroyForcibly);
    host.awaitLog("the helper of root's has gone");

    assertThat(host.shell.run("echo x | sendmail games@localhost").code()).isZero();
    host.awaitLog("status=deferred");
    send("m1");
    awaitArrival("m1", WATCHED);
    daemon.destroy();
    assertThat(daemon.waitFor()).isEqualTo(143);
    Process next = KillTest.start(host);

    Path mailbox = host.directory.resolve("mailboxes/games");
    host.await("the mailbox", () -> Files.exists(mailbox));
    assertThat(new TreeSet<>(receiver.received)).containsExactly("m1");
    next.destroyForcibly().onExit().join();
  }

  @Test
  void aLogWhoseDirectoryWasRemovedGoesOnWhenItIsThereAgain()
      throws IOException, InterruptedException {
    Path place = host.directory.resolve("log");
    Path log = place.resolve("mail.log");
    host.main("maillog_file = " + log);
    Files.createDirectory(place);
    host.start();
    Instance.delete(place);
    send("m1");
    awaitArrival("m1", WATCHED);

    Files.createDirectory(place);
    assertThat(host.shell.run("postfix reload").code()).isZero();
    send("m2");
    awaitArrival("m2", WATCHED);

    Instance.await("the log of m2", () -> read(log).contains("to=<m2@dest.test>"), () -> read(log));
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      return "";
    }
  }
}

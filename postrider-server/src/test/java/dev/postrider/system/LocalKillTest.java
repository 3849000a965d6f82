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
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Kills the daemon and the helper of root's with SIGKILL at random moments while a stream of
 * messages goes into one mailbox: each that was accepted is there, whole, and nothing else is.
 * Needs root.
 */
class LocalKillTest {
  private static final int MOST_WAITING = 40;
  private static final int KILLS = 30;
  private static final String USER = "prtk" + Long.toString(ProcessHandle.current().pid(), 36);
  private static final String BODY =
      IntStream.range(0, 3_000)
          .mapToObj(i -> "line " + i + " with From inside, and more of it to fill it up\n")
          .reduce("", String::concat);

  /** One message as it stands in the mailbox; the body is the same in each. */
  private static final Pattern MESSAGE =
      Pattern.compile(
          "From a@here\\.test {2}\\w{3} \\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4}\n"
              + "(?:[!-9;-~]+: [^\n]*\n(?:[ \t][^\n]*\n)*)*?Subject: (m\\d+)\n"
              + "(?:[!-9;-~]+: [^\n]*\n(?:[ \t][^\n]*\n)*)*\n"
              + Pattern.quote(BODY)
              + "\n");

  @Test
  void everyMessageIsThereWholeAndNothingElse() throws Exception {
    assumeTrue(Instance.isRoot(), "needs root, whose helper is killed");
    long seed = System.nanoTime();
    try (Instance host = Instance.create()) {
      assumeTrue(host.shell.has("useradd"), "needs useradd to make a user of its own");
      host.shell.run("useradd -M -d /nonexistent " + USER);
      try {
        host.main("minimal_backoff_time = 1s\nqueue_run_delay = 1s\nmaximal_backoff_time = 2s");
        host.main(
            "mailbox_size_limit = 0\ndeliver_lock_delay = 1s\nlocal_destination_concurrency_limit = 8");
        Set<String> accepted = new TreeSet<>(kill(host, new Random(seed)));
        check(host, accepted, seed);
        assertThat(host.logText()).as("seed " + seed).contains("took back the last ");
      } finally {
        host.shell.run("userdel " + USER);
      }
    }
  }

  private static Set<String> kill(Instance host, Random random) throws Exception {
    Set<String> accepted = ConcurrentHashMap.newKeySet();
    AtomicBoolean over = new AtomicBoolean();
    Thread client = Thread.ofVirtual().start(() -> send(host, accepted, over));
    try {
      Process daemon = KillTest.start(host);
      for (int kill = 0; kill < KILLS; kill++) {
        long size = size(host);
        host.await("mail to be delivered between two kills", () -> size(host) > size);
        LockSupport.parkNanos(Duration.ofMillis(random.nextInt(60)).toNanos());
        if (kill % 3 == 2) {
          daemon.destroyForcibly().onExit().join();
          daemon = KillTest.start(host);
        } else {
          daemon
              .descendants()
              .filter(each -> each.info().arguments().map(LocalKillTest::isHelper).orElse(false))
              .forEach(ProcessHandle::destroyForcibly);
        }
      }
      over.set(true);
      client.join();
      int count = accepted.size();
      assertThat(count).isGreaterThan(KILLS);
      host.await("the queue to be empty", () -> isEmpty(host));
      daemon.destroyForcibly().onExit().join();
    } finally {
      over.set(true);
    }
    return accepted;
  }

  private static long size(Instance host) {
    return host.directory.resolve("mailboxes").resolve(USER).toFile().length();
  }

  private static boolean isHelper(String... arguments) {
    return List.of(arguments).contains("helper") && List.of(arguments).contains("-cp");
  }

  private static boolean isEmpty(Instance host) {
    try {
      return host.shell.run("mailq").out().startsWith("Mail queue is empty");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private static void send(Instance host, Set<String> accepted, AtomicBoolean over) {
    AtomicInteger names = new AtomicInteger();
    while (!over.get()) {
      // No more than some dozens wait, so that the end is near when the last kill is over.
      if ((accepted.size() - MOST_WAITING) * (long) BODY.length() > size(host)) {
        LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        continue;
      }
      String name = "m" + names.incrementAndGet();
      if (sent(host.port, "Subject: " + name + "\n\n" + BODY)) {
        accepted.add(name);
      }
    }
  }

  /** One message in a session of its own; the daemon may die at any point. */
  private static boolean sent(int port, String message) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      for (String command :
          List.of(
              "",
              "HELO here.test\n",
              "MAIL FROM:<a@here.test>\n",
              "RCPT TO:<" + USER + "@localhost>\n",
              "DATA\n",
              message + ".\n")) {
        socket
            .getOutputStream()
            .write(command.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
        String reply = in.readLine();
        if (reply == null || (!reply.startsWith("2") && !reply.startsWith("354"))) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
      return false;
    }
  }

  private static void check(Instance host, Set<String> accepted, long seed) throws IOException {
    Path mailbox = host.directory.resolve("mailboxes").resolve(USER);
    String text = Files.readString(mailbox, StandardCharsets.ISO_8859_1);
    Set<String> found = new TreeSet<>();
    Matcher messages = MESSAGE.matcher(text);
    int at = 0;
    while (at < text.length()) {
      boolean whole = messages.find(at) && messages.start() == at;
      assertThat(whole)
          .as(
              "seed %d: a message begins at %d of %s:\n%s\n%s",
              seed,
              at,
              mailbox,
              text.substring(Math.max(0, at - 200), Math.min(text.length(), at + 400)),
              host.logText())
          .isTrue();
      found.add(messages.group(1));
      at = messages.end();
    }
    assertThat(found).as("seed " + seed).containsAll(accepted);
    assertThat(Path.of(mailbox + ".lock")).doesNotExist();
  }
}

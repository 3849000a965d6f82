package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The event log of a whole daemon: what trace tells of it, and what audit makes of it. */
class EventLogSystemTest {
  private static final int KILLS = 25;
  private static final int CLIENTS = 4;

  @Test
  void theAuditHoldsUnderLoadAndAfterEveryKill() throws IOException, InterruptedException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Set<String> accepted = ConcurrentHashMap.newKeySet();
    AtomicBoolean over = new AtomicBoolean();
    List<Thread> clients = new ArrayList<>();
    try (KillTest.Receiver receiver = new KillTest.Receiver();
        Instance host = Instance.create()) {
      host.main("relayhost = [127.0.0.1]:" + receiver.port());
      host.main("minimal_backoff_time = 1s\nqueue_run_delay = 1s\nmaximal_backoff_time = 2s");
      host.main("postrider_event_log_size = 65536");
      AtomicInteger names = new AtomicInteger();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(
            Thread.ofVirtual().start(() -> KillTest.send(host.port, names, accepted, over)));
      }
      for (int kill = 0; kill < KILLS; kill++) {
        Process daemon = KillTest.start(host);
        LockSupport.parkNanos(Duration.ofMillis(random.nextInt(400)).toNanos());
        if (kill % 5 == 0) {
          audit(host, "under load, seed " + seed);
        }
        daemon.destroyForcibly().onExit().join();
        if (kill % 5 == 1) {
          audit(host, "after kill " + kill + ", before the next start; seed " + seed);
        }
      }
      over.set(true);
      for (Thread client : clients) {
        client.join();
      }
      Process daemon = KillTest.start(host);
      Instance.await(
          "every accepted message to arrive",
          () -> receiver.received.containsAll(accepted),
          () -> "seed " + seed);
      String said = audit(host, "at the end, seed " + seed);
      assertThat(said).contains("crashes: " + KILLS);
      assertThat(host.shell.run("postfix stop").code()).isZero();
      assertThat(daemon.waitFor()).isNotNegative();
      said = audit(host, "after the stop, seed " + seed);

      // The proof is none if it would hold without what it proves.
      String without = removeAnEnd(host);
      Shell.Result result = host.shell.run("postrider audit");
      assertThat(result.code()).as(result.all()).isEqualTo(1);
      assertThat(result.all())
          .contains(without + ": was accepted, but is neither in the queue nor has it ended");
    } finally {
      over.set(true);
    }
  }

  private static String audit(Instance host, String when) throws IOException, InterruptedException {
    Shell.Result result = host.shell.run("postrider audit");
    assertThat(result.code()).as(when + "\n" + result.all()).isZero();
    assertThat(result.all()).contains("It holds");
    return result.all();
  }

  /** Takes the newest end of a message out of the log, and says of which. */
  private static String removeAnEnd(Instance host) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(host.directory.resolve("q/events"))) {
      files = all.sorted().toList();
    }
    for (Path file : files.reversed()) {
      List<String> lines = new ArrayList<>(Files.readAllLines(file));
      for (int i = lines.size() - 1; i >= 0; i--) {
        if (lines.get(i).contains("\"event\":\"end\"")) {
          String id = lines.remove(i).replaceAll(".*\"id\":\"([^\"]*)\".*", "$1");
          Files.write(file, lines);
          return id;
        }
      }
    }
    throw new IOException("no message has ended");
  }

  @Test
  void traceTellsOfADelayARefusalAndTheNotice() throws IOException, InterruptedException {
    try (Fickle server = new Fickle();
        Instance host = Instance.create()) {
      host.main("relayhost = [127.0.0.1]:" + server.port());
      host.main("minimal_backoff_time = 1s\nqueue_run_delay = 1s\nmaximal_backoff_time = 1s");
      host.start();
      Shell.Result sent =
          host.shell.run(
              "printf 'Subject: x\\nMessage-ID: <golden@x.test>\\n\\nHi\\n' |"
                  + " sendmail -f author@far.test picky@far.test good@far.test");
      assertThat(sent.code()).as(sent.all()).isZero();
      host.await("the notice to arrive", () -> server.taken.contains("author"));
      host.await(
          "the log to end",
          () -> {
            try {
              return host.shell.run("postrider trace golden@x.test").all().split("ended:").length
                  == 3;
            } catch (IOException | InterruptedException e) {
              return false;
            }
          });

      String told = host.shell.run("postrider trace '<golden@x.test>'").all();

      assertThat(normalised(told, server.port()))
          .isEqualTo(
              """
              Message ID1, Message-ID <golden@x.test>
                TIME  accepted from user USER (uid N), from=<author@far.test>, to=<picky@far.test>, <good@far.test>, N bytes
                TIME  <picky@far.test> deferred by 127.0.0.1[127.0.0.1]:PORT, dsn 4.2.0, after SPAN: host 127.0.0.1[127.0.0.1] said: 450 4.2.0 try later (in reply to RCPT TO command)
                TIME  <good@far.test> sent by 127.0.0.1[127.0.0.1]:PORT, dsn 2.0.0, after SPAN: 250 ok
                TIME  waits until TIME
                TIME  <picky@far.test> bounced by 127.0.0.1[127.0.0.1]:PORT, dsn 5.1.1, after SPAN: host 127.0.0.1[127.0.0.1] said: 550 5.1.1 no such user (in reply to RCPT TO command)
                                           that is: There is no mailbox picky@far.test at its mail system. [no-such-user]
                                           you must act: Check the part before the @ for a typing error.
                TIME  a notice about it is sent: ID2
                TIME  returned to sender
                TIME  ended: returned to sender
                It is not in the queue.

              Message ID2, a notice about ID1
                TIME  accepted from Postrider, about ID1, from=<>, to=<author@far.test>, N bytes
                TIME  <author@far.test> sent by 127.0.0.1[127.0.0.1]:PORT, dsn 2.0.0, after SPAN: 250 ok
                TIME  ended: delivered
                It is not in the queue.
              """);
      String id = told.substring("Message ".length(), told.indexOf(','));
      assertThat(host.shell.run("postrider trace " + id).all()).isEqualTo(told);
      Shell.Result unknown = host.shell.run("postrider trace nobody@knows.it");
      assertThat(unknown.code()).isEqualTo(1);
      assertThat(unknown.all()).startsWith("Nothing is known of nobody@knows.it; the event log");
      audit(host, "at the end");
    }
  }

  private static String normalised(String told, int port) {
    String first = told.substring("Message ".length(), told.indexOf(','));
    String second = told.replaceAll("(?s).*notice about it is sent: (\\w+).*", "$1");
    return told.replace(first, "ID1")
        .replace(second, "ID2")
        .replaceAll("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3}", "TIME")
        .replace("]:" + port, "]:PORT")
        .replaceAll("user \\S+ \\(uid \\d+\\)", "user USER (uid N)")
        .replaceAll("\\d+ bytes", "N bytes")
        .replaceAll("after [\\d.ms]+:", "after SPAN:");
  }

  /** Puts {@code picky} off once and refuses it then; takes everybody else. */
  private static final class Fickle implements AutoCloseable {
    final Set<String> taken = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean asked = new AtomicBoolean();
    private final ServerSocket listener = new ServerSocket(0, 20, InetAddress.getLoopbackAddress());

    Fickle() throws IOException {
      Thread.ofVirtual()
          .start(() -> {
            while (!listener.isClosed()) {
              try {
                Socket client = listener.accept();
                Thread.ofVirtual().start(() -> serve(client));
              } catch (IOException e) {
                return;
              }
            }
          });
    }

    int port() {
      return listener.getLocalPort();
    }

    private void serve(Socket client) {
      try (client) {
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
        OutputStream out = client.getOutputStream();
        say(out, "220 fickle.test");
        String recipient = "";
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          String verb = line.toUpperCase(java.util.Locale.ROOT);
          if (verb.startsWith("RCPT TO:<PICKY")) {
            say(out, asked.getAndSet(true) ? "550 5.1.1 no such user" : "450 4.2.0 try later");
          } else if (verb.startsWith("RCPT TO:<")) {
            recipient = line.substring("RCPT TO:<".length(), line.indexOf('@'));
            say(out, "250 ok");
          } else if (verb.equals("DATA")) {
            say(out, "354 go on");
            while (!".".equals(line) && line != null) {
              line = in.readLine();
            }
            taken.add(recipient);
            say(out, "250 ok");
          } else {
            say(out, "250 ok");
          }
        }
      } catch (IOException e) {
        // The client is gone: so is what it wanted.
        return;
      }
    }

    private static void say(OutputStream out, String line) throws IOException {
      out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }
}

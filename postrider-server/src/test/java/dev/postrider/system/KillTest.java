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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Kills the whole daemon with SIGKILL at random moments under load, 200 times in one run: whatever
 * it has answered 250 to is delivered in the end.
 */
class KillTest {
  private static final int KILLS = 200;
  private static final int CLIENTS = 6;

  /** How long a daemon lives at most, ns, on a machine that has nothing else to do. */
  private static final long LIFE = Duration.ofMillis(120).toNanos();

  @Test
  void nothingAcceptedIsMissingAfterTwoHundredKills() throws IOException, InterruptedException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Set<String> accepted = ConcurrentHashMap.newKeySet();
    AtomicBoolean over = new AtomicBoolean();
    List<Thread> clients = new ArrayList<>();
    try (Receiver receiver = new Receiver();
        Instance host = Instance.create()) {
      host.main("relayhost = [127.0.0.1]:" + receiver.port());
      host.main("minimal_backoff_time = 1s\nqueue_run_delay = 1s\nmaximal_backoff_time = 2s");
      AtomicInteger names = new AtomicInteger();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(Thread.ofVirtual().start(() -> send(host.port, names, accepted, over)));
      }
      for (int kill = 0; kill < KILLS; kill++) {
        // Some find the daemon recovering still. Where all is slow, so is what happens meanwhile.
        long begun = System.nanoTime();
        Process daemon = start(host);
        long started = System.nanoTime() - begun;
        LockSupport.parkNanos(random.nextLong(Math.max(LIFE, started / 2)));
        daemon.destroyForcibly().onExit().join();
      }
      over.set(true);
      for (Thread client : clients) {
        client.join();
      }
      assertThat(accepted).as("messages accepted in all; seed " + seed).hasSizeGreaterThan(KILLS);
      Process daemon = start(host);
      Instance.await(
          "every accepted message to arrive",
          () -> receiver.received.containsAll(accepted),
          () -> {
            TreeSet<String> missing = new TreeSet<>(accepted);
            missing.removeAll(receiver.received);
            return "seed " + seed + ", missing: " + missing;
          });
      daemon.destroyForcibly().onExit().join();
    } finally {
      over.set(true);
    }
  }

  static Process start(Instance host) throws IOException, InterruptedException {
    Process daemon = host.daemon();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(daemon.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    assertThat(line).as(host.logText()).isEqualTo("postrider: ready");
    return daemon;
  }

  static void send(int port, AtomicInteger names, Set<String> accepted, AtomicBoolean over) {
    while (!over.get()) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setSoTimeout(10_000);
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        OutputStream out = socket.getOutputStream();
        expect(in, "220");
        command(out, in, "HELO here.test", "250");
        while (!over.get()) {
          String name = "m" + names.incrementAndGet();
          command(out, in, "MAIL FROM:<a@here.test>", "250");
          command(out, in, "RCPT TO:<" + name + "@dest.test>", "250");
          command(out, in, "DATA", "354");
          String body = "Subject: " + name + "\r\n\r\n" + "x".repeat(60) + "\r\n.";
          command(out, in, body, "250");
          accepted.add(name);
        }
      } catch (IOException e) {
        LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
      }
    }
  }

  private static void command(OutputStream out, BufferedReader in, String text, String code)
      throws IOException {
    out.write((text + "\r\n").getBytes(StandardCharsets.US_ASCII));
    expect(in, code);
  }

  private static void expect(BufferedReader in, String code) throws IOException {
    String line = in.readLine();
    if (line == null || !line.startsWith(code)) {
      throw new IOException("not " + code + ": " + line);
    }
  }

  /** An SMTP server that takes everything and remembers the recipients. */
  static final class Receiver implements AutoCloseable {
    final Set<String> received = ConcurrentHashMap.newKeySet();
    private final ServerSocket listener =
        new ServerSocket(0, 200, InetAddress.getLoopbackAddress());

    Receiver() throws IOException {
      Thread.ofVirtual().start(this::accept);
    }

    int port() {
      return listener.getLocalPort();
    }

    private void accept() {
      while (!listener.isClosed()) {
        try {
          Socket client = listener.accept();
          Thread.ofVirtual().start(() -> serve(client));
        } catch (IOException e) {
          return;
        }
      }
    }

    private void serve(Socket client) {
      try (client) {
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
        OutputStream out = client.getOutputStream();
        out.write("220 receiver.test\r\n".getBytes(StandardCharsets.US_ASCII));
        List<String> recipients = new ArrayList<>();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          String reply = "250 ok\r\n";
          if (line.startsWith("RCPT TO:<")) {
            recipients.add(line.substring("RCPT TO:<".length(), line.indexOf('@')));
          } else if (line.equals("DATA")) {
            out.write("354 go on\r\n".getBytes(StandardCharsets.US_ASCII));
            while (!".".equals(line)) {
              line = in.readLine();
              if (line == null) {
                return;
              }
            }
            received.addAll(recipients);
            recipients.clear();
          } else if (line.startsWith("QUIT")) {
            reply = "221 bye\r\n";
          }
          out.write(reply.getBytes(StandardCharsets.US_ASCII));
        }
      } catch (IOException e) {
        // A killed client is what this test is about.
        return;
      }
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }
}

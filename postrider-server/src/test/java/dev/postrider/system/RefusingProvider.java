package dev.postrider.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A provider on loopback that takes everything but what a test has told it to refuse, in the words
 * of a real one. With TLS only if a test wants that. Safe on any thread.
 */
final class RefusingProvider implements AutoCloseable {
  private final ServerSocket listener;
  private final Map<String, String> refusals = new ConcurrentHashMap<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger logins = new AtomicInteger();
  private final AtomicInteger sessions = new AtomicInteger();
  private final AtomicInteger throttled = new AtomicInteger();
  private final CountDownLatch refusedOne = new CountDownLatch(1);
  private volatile int mostSessions = Integer.MAX_VALUE;
  private final List<String> received = new CopyOnWriteArrayList<>();
  private final List<String> users = new CopyOnWriteArrayList<>();
  private final List<String> by = new CopyOnWriteArrayList<>();
  private final List<Long> times = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private volatile String greeting = "220 smtp.provider.test ESMTP";
  private volatile List<String> extensions = List.of("AUTH PLAIN");
  private volatile @Nullable SSLContext tls;

  private RefusingProvider() throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
  }

  static RefusingProvider start() throws IOException {
    RefusingProvider provider = new RefusingProvider();
    Thread.ofVirtual().start(provider::accept);
    return provider;
  }

  int port() {
    return listener.getLocalPort();
  }

  int connections() {
    return connections.get();
  }

  int logins() {
    return logins.get();
  }

  /** Who logged in, once for each login that was taken. */
  List<String> users() {
    return users;
  }

  /** Each message with who was logged in, and sender and recipients, in front. */
  List<String> by() {
    return by;
  }

  /** When each message was taken, in milliseconds of a clock that nobody sets. */
  List<Long> times() {
    return times;
  }

  /** Each message with its sender and recipients in front. */
  List<String> received() {
    return received;
  }

  /**
   * From now on.
   *
   * @param verb AUTH, MAIL, RCPT or DATA
   */
  void refuse(String verb, String reply) {
    refusals.put(verb, reply);
  }

  /** From now on, sends those away who are one too many at once. */
  void allowSessions(int most) {
    mostSessions = most;
  }

  /** Sessions that were one too many. */
  int throttled() {
    return throttled.get();
  }

  /** Says something else first; nothing at all if it is empty. */
  RefusingProvider greet(String line) {
    greeting = line;
    return this;
  }

  /** Announces this in its reply to EHLO. */
  RefusingProvider announce(String... lines) {
    extensions = List.of(lines);
    return this;
  }

  /** Offers STARTTLS. */
  RefusingProvider protect(SSLContext context) {
    tls = context;
    return this;
  }

  void refuseNothing() {
    refusals.clear();
  }

  private void accept() {
    while (true) {
      try {
        Socket socket = listener.accept();
        connections.incrementAndGet();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException _) {
        // Closed.
        return;
      }
    }
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
  }

  private Socket handshake(Socket plain, SSLContext context) throws IOException {
    SSLSocket secure =
        (SSLSocket) context.getSocketFactory().createSocket(plain, "client", plain.getPort(), true);
    secure.setUseClientMode(false);
    secure.startHandshake();
    return secure;
  }

  private String hello(boolean encrypted) {
    List<String> lines = new ArrayList<>(List.of("smtp.provider.test"));
    if (tls != null && !encrypted) {
      lines.add("STARTTLS");
    }
    lines.addAll(extensions);
    StringBuilder reply = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      reply.append(i == lines.size() - 1 ? "250 " : "250-").append(lines.get(i)).append("\r\n");
    }
    return reply.toString().strip();
  }

  private void serve(Socket plain) {
    try (plain) {
      if (sessions.incrementAndGet() > mostSessions) {
        throttled.incrementAndGet();
        refusedOne.countDown();
        say(plain, "421 4.3.2 STOREDRV; concurrent connections limit exceeded. Visit the FAQ");
        return;
      }
      Socket socket = plain;
      BufferedReader in = reader(socket);
      boolean encrypted = false;
      StringBuilder message = new StringBuilder();
      String user = "nobody";
      if (!greeting.isEmpty()) {
        say(socket, greeting);
      }
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String verb = line.split("[ :]", 2)[0].toUpperCase(Locale.ROOT);
        String refusal = refusals.get(verb);
        if (verb.equals("AUTH")) {
          logins.incrementAndGet();
        }
        if (refusal != null) {
          say(socket, refusal);
          continue;
        }
        switch (verb) {
          case "EHLO" -> say(socket, hello(encrypted));
          case "STARTTLS" -> {
            SSLContext context = tls;
            if (context == null) {
              say(socket, "502 5.5.1 no");
            } else {
              say(socket, "220 go");
              socket = handshake(plain, context);
              in = reader(socket);
              encrypted = true;
            }
          }
          case "AUTH" -> {
            String answer =
                new String(
                    Base64.getDecoder().decode(line.substring("AUTH PLAIN ".length())),
                    StandardCharsets.UTF_8);
            user = answer.split("\0", -1)[1];
            users.add(user);
            say(socket, "235 2.7.0 ok");
          }
          case "QUIT" -> {
            say(socket, "221 bye");
            return;
          }
          case "DATA" -> {
            say(socket, "354 go on");
            for (String text = in.readLine(); !".".equals(text); text = in.readLine()) {
              if (text == null) {
                return;
              }
              message.append(text).append('\n');
            }
            times.add(System.nanoTime() / 1_000_000);
            by.add(user + " " + message);
            received.add(message.toString());
            message.setLength(0);
            say(socket, "250 2.0.0 taken");
          }
          case "MAIL" -> {
            if (mostSessions != Integer.MAX_VALUE) {
              // On a slow machine the first could be gone before there is one too many.
              boolean _ = refusedOne.await(10, TimeUnit.SECONDS);
            }
            message.setLength(0);
            message.append(line).append('\n');
            say(socket, "250 ok");
          }
          default -> {
            message.append(line).append('\n');
            say(socket, "250 ok");
          }
        }
      }
    } catch (IOException _) {
      // The client went away.
      return;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      sessions.decrementAndGet();
    }
  }

  private static void say(Socket socket, String line) throws IOException {
    socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket each : open) {
      each.close();
    }
  }
}

package dev.postrider.daemon;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Sends mail the way programs do, a connection for each message, for {@link Train}. */
final class TrainingClient {
  private static final int TIMEOUT_MILLIS = 60_000;
  private static final String CONTENT =
      "From: app@this-machine.test\r\nTo: friend@example.org\r\nSubject: Training\r\n\r\n"
          + "A line of seventy characters, as they are in many messages that pass.\r\n".repeat(58)
          + ".\r\n";

  private TrainingClient() {}

  /** Sends {@code count} messages, {@code sessions} at a time. */
  static void send(int port, String recipient, int sessions, int count)
      throws IOException, InterruptedException {
    List<Future<?>> done = new ArrayList<>();
    try (ExecutorService threads =
        Executors.newFixedThreadPool(sessions, Thread.ofVirtual().factory())) {
      for (int i = 0; i < count; i++) {
        boolean extended = i % 2 == 0;
        done.add(
            threads.submit(() -> {
              one(port, recipient, extended ? "EHLO" : "HELO");
              return null;
            }));
      }
      for (Future<?> each : done) {
        Object _ = each.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("a message was not taken: " + e.getCause(), e);
    }
  }

  private static void one(int port, String recipient, String greeting) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      OutputStream out = socket.getOutputStream();
      expectWelcome(in);
      say(in, out, greeting + " this-machine.test\r\n");
      say(in, out, "MAIL FROM:<app@this-machine.test>\r\n");
      say(in, out, "RCPT TO:<" + recipient + ">\r\n");
      say(in, out, "DATA\r\n");
      say(in, out, CONTENT);
      say(in, out, "QUIT\r\n");
    }
  }

  private static void say(BufferedReader in, OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    expectWelcome(in);
  }

  private static void expectWelcome(BufferedReader in) throws IOException {
    String line = in.readLine();
    while (line != null && line.length() > 3 && line.charAt(3) == '-') {
      line = in.readLine();
    }
    if (line == null || line.isEmpty() || line.charAt(0) > '3') {
      throw new IOException("SMTP: " + line);
    }
  }
}

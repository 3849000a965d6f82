package dev.postrider.daemon;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Takes mail from anyone on this machine and forgets it, for {@link Train}. Safe on any thread. */
final class TrainingSink implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 60_000;

  private final ServerSocket listener;
  private int received;

  private TrainingSink(ServerSocket listener) {
    this.listener = listener;
  }

  static TrainingSink start() throws IOException {
    TrainingSink sink = new TrainingSink(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    Thread.ofVirtual().name("training-sink").start(sink::accept);
    return sink;
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Waits until that many messages were received; false if it takes longer than {@code limit}. */
  synchronized boolean await(int count, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (received < count) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  private synchronized void count() {
    received++;
    notifyAll();
  }

  private void accept() {
    while (true) {
      Socket socket;
      try {
        socket = listener.accept();
      } catch (IOException _) {
        // Closed: the training is over.
        return;
      }
      Thread.ofVirtual().name("training-sink-session").start(() -> serve(socket));
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      OutputStream out = socket.getOutputStream();
      StringBuilder replies = new StringBuilder("220 sink ESMTP\r\n");
      boolean content = false;
      while (true) {
        if (!in.ready() && !replies.isEmpty()) {
          out.write(replies.toString().getBytes(StandardCharsets.ISO_8859_1));
          replies.setLength(0);
        }
        String line = in.readLine();
        if (line == null) {
          return;
        }
        if (content) {
          if (line.equals(".")) {
            content = false;
            count();
            replies.append("250 2.0.0 Ok\r\n");
          }
        } else {
          content = line.equals("DATA");
          replies.append(answer(line));
        }
      }
    } catch (IOException _) {
      // The client is gone.
    }
  }

  private static String answer(String line) {
    if (line.startsWith("EHLO")) {
      return "250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n";
    }
    return line.equals("DATA") ? "354 Go on\r\n" : "250 2.0.0 Ok\r\n";
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}

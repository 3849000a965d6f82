package dev.postrider.table;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A server on loopback that answers as a test tells it to; each connection has its own thread. */
final class ScriptedServer implements Closeable {
  /** Talks to one client. */
  @FunctionalInterface
  interface Script {
    void talk(InputStream in, OutputStream out) throws IOException;
  }

  private final ServerSocket listener;
  private final Script script;
  private final Thread accepting;
  private final List<Socket> clients = Collections.synchronizedList(new ArrayList<>());

  ScriptedServer(Script script) throws IOException {
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.script = script;
    this.accepting = Thread.ofVirtual().start(this::accept);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        clients.add(client);
        Thread _ =
            Thread.ofVirtual()
                .start(() -> {
                  try (client) {
                    script.talk(client.getInputStream(), client.getOutputStream());
                  } catch (IOException e) {
                    // The client is gone; the test sees what it made of that.
                    return;
                  }
                });
      } catch (IOException e) {
        return;
      }
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  /** How many have connected so far. */
  int connections() {
    return clients.size();
  }

  /** Ends all connections, as a restart does. */
  void hangUp() throws IOException {
    for (Socket client : List.copyOf(clients)) {
      client.close();
    }
  }

  /** A port where nobody listens. */
  static int deadPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** A line without its line feed; null at the end. */
  static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("end");
      }
      line.append((char) b);
    }
    return line.toString();
  }

  static void say(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  /** Afterwards nobody listens: the system's socket lives until the thread in accept has gone. */
  @Override
  public void close() throws IOException {
    listener.close();
    try {
      accepting.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    hangUp();
  }
}

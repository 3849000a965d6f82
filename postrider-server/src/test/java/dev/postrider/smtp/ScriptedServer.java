package dev.postrider.smtp;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/**
 * An SMTP server that follows a script on a free loopback port. One script a connection, in order;
 * the last one serves all further connections.
 *
 * <p>A line {@code S: text} is sent with CRLF, {@code S- text} without (the next goes with it),
 * {@code SS: one|two} sends several lines in one write, {@code C: prefix} expects a line that
 * begins so, {@code DATA} takes content to the final dot, {@code CLOSE} closes, {@code WAIT} keeps
 * silent until the client closes, {@code AWAIT} until {@link #goOn}.
 */
final class ScriptedServer implements Closeable {
  private final ServerSocketChannel listener;
  private final List<String> scripts;
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final List<String> contents = new CopyOnWriteArrayList<>();
  private final List<String> faults = new CopyOnWriteArrayList<>();
  private final List<SocketChannel> open = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final Thread accepting;
  private final Semaphore go = new Semaphore(0);
  private volatile int connections;

  ScriptedServer(String... scripts) throws IOException {
    this(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), scripts);
  }

  /** On a Unix socket. */
  ScriptedServer(Path socket, String... scripts) throws IOException {
    this(UnixDomainSocketAddress.of(socket), scripts);
  }

  private ScriptedServer(SocketAddress address, String... scripts) throws IOException {
    this.scripts = List.of(scripts);
    listener =
        address instanceof UnixDomainSocketAddress
            ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            : ServerSocketChannel.open();
    listener.bind(address);
    accepting = Thread.ofVirtual().start(this::accept);
  }

  int port() {
    try {
      return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets a script go on that stands at AWAIT. */
  void goOn() {
    go.release();
  }

  /** The next hop that leads here. */
  String nextHop() {
    return "[127.0.0.1]:" + port();
  }

  /** Every command line of every connection. */
  List<String> heard() {
    return heard;
  }

  /** Every content as it was on the wire, final dot excluded. */
  List<String> contents() {
    return contents;
  }

  /** What did not follow the script. */
  List<String> faults() {
    return faults;
  }

  int connections() {
    return connections;
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel socket = listener.accept();
        open.add(socket);
        String script = scripts.get(Math.min(connections, scripts.size() - 1));
        connections++;
        threads.add(Thread.ofVirtual().start(() -> serve(socket, script)));
      }
    } catch (IOException _) {
      // Closed: the test is over.
    }
  }

  private void serve(SocketChannel socket, String script) {
    try (socket) {
      InputStream in = Channels.newInputStream(socket);
      OutputStream out = Channels.newOutputStream(socket);
      for (String line : script.lines().map(String::stripLeading).toList()) {
        if (line.startsWith("S: ") || line.startsWith("S- ")) {
          String end = line.charAt(1) == ':' ? "\r\n" : "";
          out.write((line.substring(3) + end).getBytes(StandardCharsets.ISO_8859_1));
          out.flush();
        } else if (line.startsWith("SS: ")) {
          String together = line.substring(4).replace("|", "\r\n") + "\r\n";
          out.write(together.getBytes(StandardCharsets.ISO_8859_1));
          out.flush();
        } else if (line.startsWith("C: ")) {
          String command = readLine(in);
          heard.add(command);
          if (!command.startsWith(line.substring(3))) {
            faults.add("expected " + line.substring(3) + ", got " + command);
            return;
          }
        } else if (line.equals("DATA")) {
          contents.add(readContent(in));
        } else if (line.equals("WAIT")) {
          while (in.read() >= 0) {}
        } else if (line.equals("AWAIT")) {
          go.acquireUninterruptibly();
        } else if (line.equals("CLOSE")) {
          return;
        } else if (!line.isEmpty()) {
          faults.add("bad script line " + line);
        }
      }
      // What comes behind the script is heard too: QUIT, as a rule.
      while (true) {
        heard.add(readLine(in));
      }
    } catch (EOFException _) {
      // The client is gone.
    } catch (IOException e) {
      heard.add("(" + e.getMessage() + ")");
    }
  }

  private static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); ; c = in.read()) {
      if (c < 0) {
        throw new EOFException();
      }
      if (c == '\n') {
        int end = line.length() - 1;
        return end >= 0 && line.charAt(end) == '\r' ? line.substring(0, end) : line.toString();
      }
      line.append((char) c);
    }
  }

  private static String readContent(InputStream in) throws IOException {
    StringBuilder content = new StringBuilder();
    while (!content.toString().endsWith("\r\n.\r\n") && !content.toString().equals(".\r\n")) {
      int c = in.read();
      if (c < 0) {
        throw new EOFException();
      }
      content.append((char) c);
    }
    return content.substring(0, content.length() - 3);
  }

  /** Waits until all connections are served, so that everything heard is there. */
  void settle() throws InterruptedException {
    for (Thread thread : new ArrayList<>(threads)) {
      thread.join(5000);
    }
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
    go.release(scripts.size());
    for (SocketChannel socket : open) {
      socket.close();
    }
  }
}

package dev.postrider.smtp;

import dev.postrider.io.Escapes;
import dev.postrider.tls.TestCertificates;
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
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSocket;

/**
 * An SMTP server that follows a script on a free loopback port, however badly it behaves by it. One
 * script a connection, in order; the last one serves all further connections.
 *
 * <p>What is sent:
 *
 * <ul>
 *   <li>{@code S: text} with CRLF, {@code S- text} without (the next goes with it)
 *   <li>{@code SS: one|two} several lines in one write
 *   <li>{@code SB: text} octets, with {@code \r}, {@code \n} and {@code \xHH}, and no line end
 *   <li>{@code SLOW n text} with CRLF, an octet every n milliseconds
 * </ul>
 *
 * <p>What is taken: {@code C: prefix} expects a line that begins so, {@code DATA} takes content to
 * the final dot, {@code TAKE n} n octets of whatever comes, {@code KEEP n} the same as content,
 * {@code TLS} shakes hands.
 *
 * <p>How it goes on: {@code CLOSE} closes, {@code RESET} does so with RST, {@code WAIT} keeps
 * silent until the client closes, {@code STOP} reads nothing more until then either, {@code AWAIT}
 * keeps silent until {@link #goOn}.
 */
public final class ScriptedServer implements Closeable {
  private final ServerSocketChannel listener;
  private final List<String> scripts;
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final List<String> contents = new CopyOnWriteArrayList<>();
  private final List<String> faults = new CopyOnWriteArrayList<>();
  private final List<SocketChannel> open = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final Thread accepting;
  private final Semaphore go = new Semaphore(0);
  private final StringBuilder said = new StringBuilder();
  private final CountDownLatch stop = new CountDownLatch(1);
  private volatile int connections;

  public ScriptedServer(String... scripts) throws IOException {
    this((SocketAddress) new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), scripts);
  }

  /** On a port of another loopback address, or on a port that is known. */
  public ScriptedServer(InetSocketAddress address, String... scripts) throws IOException {
    this((SocketAddress) address, scripts);
  }

  /** On a Unix socket. */
  public ScriptedServer(Path socket, String... scripts) throws IOException {
    this((SocketAddress) UnixDomainSocketAddress.of(socket), scripts);
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

  public int port() {
    try {
      return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets a script go on that stands at AWAIT. */
  public void goOn() {
    go.release();
  }

  /** The next hop that leads here. */
  public String nextHop() {
    return "[127.0.0.1]:" + port();
  }

  /** Every command line of every connection. */
  public List<String> heard() {
    return heard;
  }

  /** Every content as it was on the wire, final dot excluded. */
  public List<String> contents() {
    return contents;
  }

  /** Waits until a text has been sent, on whatever connection. */
  public void awaitSaid(String text) throws InterruptedException {
    synchronized (said) {
      while (said.indexOf(text) < 0) {
        said.wait();
      }
    }
  }

  /** What did not follow the script. */
  public List<String> faults() {
    return faults;
  }

  public int connections() {
    return connections;
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel socket = listener.accept();
        if (socket.getLocalAddress() instanceof InetSocketAddress) {
          // What has been said has then been sent, whatever of it is acknowledged.
          socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
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
      Conversation conversation = new Conversation(socket);
      for (String line : script.lines().map(String::stripLeading).toList()) {
        if (!line.isEmpty() && !conversation.follow(line)) {
          return;
        }
      }
      // What comes behind the script is heard too: QUIT, as a rule.
      while (true) {
        heard.add(readLine(conversation.in));
      }
    } catch (EOFException _) {
      // The client is gone.
    } catch (IOException | GeneralSecurityException e) {
      heard.add("(" + e.getMessage() + ")");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One connection, in clear and later perhaps in TLS. */
  private final class Conversation {
    private final SocketChannel socket;
    private InputStream in;
    private OutputStream out;

    Conversation(SocketChannel socket) {
      this.socket = socket;
      in = Channels.newInputStream(socket);
      out = Channels.newOutputStream(socket);
    }

    /** False if the script ends here. */
    boolean follow(String line) throws IOException, GeneralSecurityException, InterruptedException {
      int space = line.indexOf(' ');
      String verb = space < 0 ? line : line.substring(0, space);
      String text = space < 0 ? "" : line.substring(space + 1);
      switch (verb) {
        case "S:" -> send(text + "\r\n");
        case "S-" -> send(text);
        case "SS:" -> send(text.replace("|", "\r\n") + "\r\n");
        case "SB:" -> send(Escapes.octets(text));
        case "SLOW" -> {
          int end = text.indexOf(' ');
          drip(text.substring(end + 1) + "\r\n", Integer.parseInt(text.substring(0, end)));
        }
        case "C:" -> {
          String command = readLine(in);
          heard.add(command);
          if (!command.startsWith(text)) {
            faults.add("expected " + text + ", got " + command);
            return false;
          }
        }
        case "DATA" -> contents.add(readContent(in));
        case "KEEP" ->
            contents.add(
                new String(in.readNBytes(Integer.parseInt(text)), StandardCharsets.ISO_8859_1));
        case "TAKE" -> in.readNBytes(Integer.parseInt(text));
        case "TLS" -> shakeHands();
        case "WAIT" -> {
          while (in.read() >= 0) {}
        }
        case "STOP" -> stop.await();
        case "AWAIT" -> go.acquireUninterruptibly();
        case "CLOSE" -> {
          return false;
        }
        case "RESET" -> {
          socket.setOption(StandardSocketOptions.SO_LINGER, 0);
          return false;
        }
        default -> faults.add("bad script line " + line);
      }
      return true;
    }

    private void send(String octets) throws IOException {
      out.write(octets.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      synchronized (said) {
        said.append(octets);
        said.notifyAll();
      }
    }

    private void drip(String octets, int millis) throws IOException {
      for (int i = 0; i < octets.length(); i++) {
        send(octets.substring(i, i + 1));
        // The pace is what the script is about.
        LockSupport.parkNanos(millis * 1_000_000L);
      }
    }

    private void shakeHands() throws IOException, GeneralSecurityException {
      SSLSocket tls =
          (SSLSocket)
              TestCertificates.server("mx.pem")
                  .getSocketFactory()
                  .createSocket(socket.socket(), "client", port(), true);
      tls.setUseClientMode(false);
      tls.startHandshake();
      in = tls.getInputStream();
      out = tls.getOutputStream();
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
    for (int from = 0; !content.substring(from).equals(from == 0 ? ".\r\n" : "\r\n.\r\n"); ) {
      int c = in.read();
      if (c < 0) {
        throw new EOFException();
      }
      content.append((char) c);
      from = Math.max(0, content.length() - 5);
    }
    return content.substring(0, content.length() - 3);
  }

  /** Waits until all connections are served, so that everything heard is there. */
  public void settle() throws InterruptedException {
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
    stop.countDown();
    go.release(scripts.size());
    for (SocketChannel socket : open) {
      socket.close();
    }
  }
}

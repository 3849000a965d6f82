package dev.postrider.helper;

import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.io.Pause;
import dev.postrider.io.WaitLimit;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import jdk.net.ExtendedSocketOptions;

/**
 * Does what the daemon asks, one piece of work after another on each connection, which has a thread
 * of its own: one of the system's, that can take identities. The kernel tells who asks; what is
 * asked is checked as if a stranger did. Safe on any thread.
 */
final class HelperServer implements Closeable {
  /** What the server says first, so that a client knows that it was taken on. */
  static final int HELLO = 0x50720003;

  private static final int MOST_CONNECTIONS = 200;
  private static final int BUFFER = 8_192;
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration AFTER_FAILURE = Duration.ofMillis(200);

  private final Path socket;
  private final ServerSocketChannel listener;
  private final UserPrincipal client;
  private final Helper rights;
  private final Consumer<String> notices;
  private final Semaphore free = new Semaphore(MOST_CONNECTIONS);
  private final Map<Thread, SocketChannel> connected = new ConcurrentHashMap<>();

  /** The threads that have work in hand. Guards itself and what stands below. */
  private final Set<Thread> working = new HashSet<>();

  private long lastWork = System.nanoTime();
  private boolean closed;

  private HelperServer(
      Path socket,
      ServerSocketChannel listener,
      UserPrincipal client,
      Helper rights,
      Consumer<String> notices) {
    this.socket = socket;
    this.listener = listener;
    this.client = client;
    this.rights = rights;
    this.notices = notices;
  }

  /**
   * Listens.
   *
   * @param socket in a directory of this process's user; what an earlier one left is replaced
   * @param client the one user who is served
   * @param notices what somebody should hear of; a line each
   */
  static HelperServer open(
      Path socket, UserPrincipal client, Helper rights, Consumer<String> notices)
      throws IOException {
    Files.deleteIfExists(socket);
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    boolean open = false;
    try {
      listener.bind(UnixDomainSocketAddress.of(socket), MOST_CONNECTIONS);
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
      open = true;
    } finally {
      if (!open) {
        listener.close();
      }
    }
    return new HelperServer(socket, listener, client, rights, notices);
  }

  /** Serves until {@link #close}. */
  void serve() throws InterruptedException {
    while (listener.isOpen()) {
      free.acquire();
      try {
        SocketChannel connection = listener.accept();
        Thread thread = Thread.ofPlatform().name("helper-work").unstarted(() -> serve(connection));
        connected.put(thread, connection);
        begin(thread, connection);
      } catch (ClosedChannelException _) {
        return;
      } catch (IOException e) {
        free.release();
        notices.accept("the helper cannot take a connection: " + e.getMessage());
        if (!Pause.of(AFTER_FAILURE)) {
          return;
        }
      }
    }
  }

  private void begin(Thread thread, SocketChannel connection) throws IOException {
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      // No more threads, most likely: work that ends gives some back.
      connected.remove(thread);
      connection.close();
      throw new IOException(e.getMessage(), e);
    }
  }

  /** How long nothing was to be done. */
  Duration idle() {
    synchronized (working) {
      return working.isEmpty() ? Duration.ofNanos(System.nanoTime() - lastWork) : Duration.ZERO;
    }
  }

  /** Takes no more work, and ends the connections that have none. */
  @Override
  public void close() throws IOException {
    listener.close();
    Files.deleteIfExists(socket);
    synchronized (working) {
      closed = true;
      for (Map.Entry<Thread, SocketChannel> each : connected.entrySet()) {
        if (!working.contains(each.getKey())) {
          each.getValue().close();
        }
      }
    }
  }

  /** Stops what is under way, which then undoes itself. */
  void interruptWork() {
    synchronized (working) {
      for (Thread each : working) {
        each.interrupt();
      }
    }
  }

  /** Waits for what is under way, but not for ever. */
  void awaitWork() throws InterruptedException {
    for (Thread each : connected.keySet()) {
      boolean _ = each.join(PATIENCE);
    }
  }

  private void serve(SocketChannel connection) {
    try (connection;
        WaitLimit limit = new WaitLimit(connection)) {
      UserPrincipal peer = connection.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
      if (!peer.equals(client)) {
        notices.accept("the helper refused a connection of user " + peer.getName());
        return;
      }
      DataOutputStream out =
          new DataOutputStream(
              new BufferedOutputStream(Channels.newOutputStream(connection), BUFFER));
      DataInputStream in =
          new DataInputStream(
              new BufferedInputStream(new TimedInput(connection, limit, PATIENCE), BUFFER));
      out.writeInt(HELLO);
      out.flush();
      boolean more = true;
      while (more) {
        Request request = Requests.decode(Frames.read(in, Requests.LARGEST));
        more = begins() && work(request, in, out);
      }
    } catch (IOException e) {
      // The daemon has gone, has no more work, or speaks nonsense; either way there is nobody to
      // tell but the log.
      String text = String.valueOf(e.getMessage());
      if (text.startsWith("helper protocol")) {
        notices.accept(text);
      }
    } catch (InterruptedException e) {
      // The daemon has gone, and what was under way is undone.
      return;
    } finally {
      connected.remove(Thread.currentThread());
      free.release();
    }
  }

  /** Whether the work may begin: behind the end nothing does, so that nothing is half done. */
  private boolean begins() {
    synchronized (working) {
      return !closed && working.add(Thread.currentThread());
    }
  }

  /** Does it, and answers; false if that was the last on this connection. */
  private boolean work(Request request, DataInputStream in, DataOutputStream out)
      throws IOException, InterruptedException {
    Answer answer;
    try {
      answer = answer(request, in);
      Frames.write(out, Answers.encode(answer));
      out.flush();
    } finally {
      ends();
    }
    synchronized (working) {
      return !closed && !(answer instanceof Answer.Unknown);
    }
  }

  private void ends() {
    synchronized (working) {
      working.remove(Thread.currentThread());
      lastWork = System.nanoTime();
    }
  }

  private Answer answer(Request request, DataInputStream in)
      throws IOException, InterruptedException {
    if (request instanceof Request.Read read) {
      return answer(() -> new Answer.Found(rights.read(read.as(), read.file(), read.most())));
    }
    PayloadInput payload = new PayloadInput(in);
    Answer answer =
        answer(() ->
            switch (request) {
              case Request.AppendTo(Identity as, Append to) -> {
                rights.append(as, to, payload);
                yield new Answer.Done();
              }
              case Request.AddToMaildir(Identity as, Path maildir, long largest) -> {
                rights.addToMaildir(as, maildir, largest, payload);
                yield new Answer.Done();
              }
              case Request.Run(Identity as, CommandCall call) ->
                  new Answer.Ended(rights.run(as, call, payload));
              case Request.Read _ -> throw new IllegalStateException("has no payload");
            });
    payload.skip();
    return answer;
  }

  /** Work with its outcome. */
  @FunctionalInterface
  private interface Work {
    Answer run() throws IOException, InterruptedException;
  }

  private Answer answer(Work work) throws InterruptedException {
    try {
      return work.run();
    } catch (DeliveryFailure e) {
      return new Answer.Failed(e.code(), String.valueOf(e.getMessage()));
    } catch (AccessDeniedException e) {
      return new Answer.Denied(e.getFile());
    } catch (IOException e) {
      return new Answer.Unknown(Trouble.reason(e));
    } catch (RuntimeException | Error e) {
      StackTraceElement[] stack = e.getStackTrace();
      notices.accept("bug in the helper: " + e + (stack.length == 0 ? "" : " at " + stack[0]));
      return new Answer.Unknown("internal error of the helper; see the log");
    }
  }
}

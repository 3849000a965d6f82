package dev.postrider.control;

import dev.postrider.account.AccountState;
import dev.postrider.io.EndlessWork;
import dev.postrider.io.Pause;
import dev.postrider.io.SocketFile;
import dev.postrider.log.MailLog;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;

/**
 * The daemon's end of the control protocol: one request a connection, one virtual thread each.
 *
 * <p>Anyone on the machine may list and flush, as with Postfix; what changes the daemon is for its
 * own user and root, whom the kernel names.
 */
public final class ControlServer implements AutoCloseable {
  /** More at once would be a fork bomb of mailq, not an administrator. */
  private static final int MAX_CLIENTS = 64;

  /** Longer than any request; a longer line is no request. */
  private static final int MAX_REQUEST = 8192;

  /** For a request to come, and for the whole of a conversation: who stalls loses his place. */
  record Patience(Duration request, Duration whole) {}

  private static final Patience PATIENCE =
      new Patience(Duration.ofSeconds(10), Duration.ofMinutes(10));

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  private final Path socket;
  private final SocketFile listener;
  private final ControlAnswer.Handler handler;
  private final MailLog log;
  private final Patience patience;
  private final Semaphore clients = new Semaphore(MAX_CLIENTS);

  private ControlServer(
      Path socket,
      SocketFile listener,
      ControlAnswer.Handler handler,
      MailLog log,
      Patience patience) {
    this.patience = patience;
    this.socket = socket;
    this.listener = listener;
    this.handler = handler;
    this.log = log;
  }

  /**
   * Listens on a Unix socket; a stale one of an earlier run is replaced (the caller holds the queue
   * directory's lock).
   */
  public static ControlServer start(Path socket, ControlAnswer.Handler handler, MailLog log)
      throws IOException {
    return start(socket, handler, log, PATIENCE);
  }

  static ControlServer start(
      Path socket, ControlAnswer.Handler handler, MailLog log, Patience patience)
      throws IOException {
    SocketFile listener = SocketFile.at(socket, text -> log.warning("master", text));
    listener.open();
    ControlServer server = new ControlServer(socket, listener, handler, log, patience);
    EndlessWork accepting =
        new EndlessWork(
            server::accept,
            (why, pause) ->
                log.bug("master", "control socket " + socket + EndlessWork.again(pause), why));
    Thread.ofVirtual().name("control").start(accepting);
    return server;
  }

  /** Whether nobody is being answered. */
  public boolean isIdle() {
    // One permit is the accepting thread's, which waits with it.
    return clients.availablePermits() >= MAX_CLIENTS - 1;
  }

  private void accept() throws InterruptedException {
    while (listener.isOpen()) {
      try {
        acceptOne();
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        // Out of descriptors, most likely: asking again at once would fill the log.
        log.warning("master", "control socket " + socket + ": " + e.getMessage());
        if (!Pause.of(AFTER_FAILURE)) {
          return;
        }
      }
    }
  }

  private void acceptOne() throws IOException, InterruptedException {
    clients.acquire();
    SocketChannel client = null;
    boolean begun = false;
    try {
      SocketChannel accepted = listener.accept();
      client = accepted;
      Thread.ofVirtual().name("control-client").start(() -> serve(accepted));
      begun = true;
    } finally {
      if (!begun) {
        clients.release();
        if (client != null) {
          client.close();
        }
      }
    }
  }

  private void closeLater(SocketChannel client, CountDownLatch asked, CountDownLatch over) {
    try {
      if (asked.await(patience.request.toMillis(), TimeUnit.MILLISECONDS)
          && over.await(patience.whole.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
      client.close();
    } catch (InterruptedException | IOException e) {
      // Nobody interrupts this thread; and closed it is either way.
      return;
    }
  }

  private void serve(SocketChannel client) {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    Thread.ofVirtual().name("control-limit").start(() -> closeLater(client, asked, over));
    try (client) {
      BufferedReader in =
          new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8), MAX_REQUEST);
      BufferedWriter out =
          new BufferedWriter(Channels.newWriter(client, StandardCharsets.UTF_8), 65_536);
      String line = requestLine(in);
      asked.countDown();
      ControlAnswer answer = answer(client, line, out);
      switch (answer) {
        case ControlAnswer.Done _ -> out.write("done\n");
        case ControlAnswer.Failed(String text) ->
            out.write("failed " + WireText.escape(text) + "\n");
      }
      out.flush();
    } catch (IOException | UncheckedIOException e) {
      // The client went away: nothing to tell anybody.
      return;
    } catch (RuntimeException | Error e) {
      log.bug("master", "control request", e);
    } finally {
      asked.countDown();
      over.countDown();
      clients.release();
    }
  }

  private ControlAnswer answer(SocketChannel client, String line, BufferedWriter out)
      throws IOException {
    Optional<ControlRequest> request = ControlRequest.parse(line);
    if (request.isEmpty()) {
      return new ControlAnswer.Failed("the daemon does not know this request: " + line);
    }
    if (request.get().needsOwner() && !isOwner(client)) {
      return new ControlAnswer.Failed("only root and the owner of the mail system may do this");
    }
    return handler.handle(
        request.get(),
        new ControlOutput() {
          @Override
          public void entry(QueueEntry entry) {
            write(out, "entry " + EntryLine.format(entry) + "\n");
          }

          @Override
          public void changed(String id) {
            write(out, "changed " + id + "\n");
          }

          @Override
          public void damaged(long files) {
            write(out, "damaged " + files + "\n");
          }

          @Override
          public void account(AccountState state) {
            write(out, "account " + AccountLine.format(state) + "\n");
          }

          @Override
          public String caller() {
            try {
              return client.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
            } catch (IOException _) {
              return "";
            }
          }
        });
  }

  private static void write(BufferedWriter out, String line) {
    try {
      out.write(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String requestLine(BufferedReader in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n' && line.length() < MAX_REQUEST; c = in.read()) {
      line.append((char) c);
    }
    return line.toString();
  }

  /** By number, which is what makes principals equal: root need not be called root. */
  private boolean isOwner(SocketChannel client) throws IOException {
    UserPrincipal caller = client.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
    return caller.equals(Files.getOwner(socket)) || caller.equals(Files.getOwner(Path.of("/")));
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}

package dev.postrider.pickup;

import dev.postrider.io.EndlessWork;
import dev.postrider.io.Pause;
import dev.postrider.io.SocketFile;
import dev.postrider.log.MailLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * Takes submissions of callers that cannot write the maildrop directory (sandboxed units). Who
 * calls is the kernel's word (SO_PEERCRED). One virtual thread a caller.
 */
final class PickupSocket implements AutoCloseable {
  private static final int MAX_CALLERS = 64;

  /** For one whole submission: a caller that stalls must not hold its place for ever. */
  private static final Duration MAX_TIME = Duration.ofMinutes(10);

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  private final Path path;
  private final Pickup pickup;
  private final MailLog log;
  private final Semaphore callers = new Semaphore(MAX_CALLERS);
  private final SocketFile server;

  /**
   * @param lent a socket that listens at {@code path} already, or null
   */
  PickupSocket(Path path, @Nullable ServerSocketChannel lent, Pickup pickup, MailLog log)
      throws IOException {
    this.path = path;
    this.pickup = pickup;
    this.log = log;
    this.server =
        lent != null
            ? SocketFile.lent(path, lent)
            : SocketFile.at(path, text -> log.warning(Pickup.PROCESS, text));
  }

  void start() throws IOException {
    server.open();
    EndlessWork accepting =
        new EndlessWork(
            this::accept,
            (why, pause) ->
                log.bug(Pickup.PROCESS, "accept on " + path + EndlessWork.again(pause), why));
    Thread.ofVirtual().name("pickup socket").start(accepting);
  }

  /** Whether nobody is handing a message over. */
  boolean isIdle() {
    // One permit is the accepting thread's, which waits with it.
    return callers.availablePermits() >= MAX_CALLERS - 1;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        acceptOne();
      } catch (IOException e) {
        if (server.isOpen()) {
          // Out of descriptors, most likely: asking again at once would fill the log.
          log.warning(Pickup.PROCESS, "accept on " + path + ": " + e.getMessage());
          if (!Pause.of(AFTER_FAILURE)) {
            return;
          }
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void acceptOne() throws IOException, InterruptedException {
    callers.acquire();
    SocketChannel caller = null;
    boolean begun = false;
    try {
      SocketChannel accepted = server.accept();
      caller = accepted;
      Thread.ofVirtual().name("pickup caller").start(() -> serve(accepted));
      begun = true;
    } finally {
      if (!begun) {
        callers.release();
        if (caller != null) {
          caller.close();
        }
      }
    }
  }

  private void serve(SocketChannel caller) {
    Thread limit = Thread.ofVirtual().start(() -> closeLater(caller));
    try (caller) {
      String name = caller.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
      Submitter account = Submitter.named(name);
      String answer =
          account == null
              ? PickupClient.FAILED + "no login name found for " + name
              : pickup.take(Channels.newInputStream(caller), account);
      ByteBuffer line = ByteBuffer.wrap((answer + "\n").getBytes(StandardCharsets.UTF_8));
      while (line.hasRemaining()) {
        caller.write(line);
      }
    } catch (IOException e) {
      log.info(Pickup.PROCESS, "a caller of " + path + " hung up: " + e.getMessage());
    } catch (RuntimeException | Error e) {
      log.bug(Pickup.PROCESS, "submission by socket", e);
    } finally {
      limit.interrupt();
      callers.release();
    }
  }

  private static void closeLater(SocketChannel caller) {
    try {
      Thread.sleep(MAX_TIME);
      caller.close();
    } catch (InterruptedException e) {
      // The caller was done in time.
    } catch (IOException e) {
      // Closed either way.
    }
  }
}

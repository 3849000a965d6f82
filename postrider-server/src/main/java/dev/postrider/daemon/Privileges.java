package dev.postrider.daemon;

import dev.postrider.io.ReadRights;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What is left of root's rights when root has started the daemon: one thread's, and those of the
 * threads it makes.
 *
 * <p>The daemon binds its ports as root and then becomes mail_owner, all threads at once. Rights on
 * Linux belong to a thread, so one dedicated thread keeps two of root's: reading a table that only
 * root may read (guides say {@code chmod 600 sasl_passwd}), and binding a low port that a reload
 * adds. No thread that handles network bytes has any, and none can become another user: what acts
 * for a recipient is a process of its own ({@link dev.postrider.helper.HelperProcess}). Elsewhere
 * than on Linux, nothing is kept.
 */
final class Privileges implements ReadRights {
  private static final int PR_SET_KEEPCAPS = 8;
  private static final int CAP_DAC_READ_SEARCH = 1 << 2;
  private static final int CAP_NET_BIND_SERVICE = 1 << 10;

  private final BlockingQueue<Runnable> work = new LinkedBlockingQueue<>();

  private Privileges() {}

  /**
   * Becomes another user for good. Called once, by root, before anything reads from the network.
   *
   * @return the thread that keeps some rights
   */
  static Privileges dropTo(int uid, int gid) throws IOException {
    Privileges privileges = new Privileges();
    Thread.ofPlatform().name("privileged").daemon().start(privileges::serve);
    boolean linux = System.getProperty("os.name").equals("Linux");
    if (linux) {
      privileges.run(() -> Libc.prctl(PR_SET_KEEPCAPS, 1));
    }
    Libc.setgroups(gid);
    Libc.setresgid(gid);
    Libc.setresuid(uid);
    if (linux) {
      privileges.run(() -> Libc.capset(CAP_DAC_READ_SEARCH | CAP_NET_BIND_SERVICE));
    }
    return privileges;
  }

  /** Reads as the daemon itself if it may, else with the kept right to read any file. */
  @Override
  public <T> T read(Reading<T> reading) throws IOException {
    try {
      return reading.read();
    } catch (IOException e) {
      if (!(e instanceof AccessDeniedException || e.getCause() instanceof AccessDeniedException)) {
        throw e;
      }
      AtomicReference<@Nullable T> result = new AtomicReference<>();
      run(() -> result.set(reading.read()));
      return Objects.requireNonNull(result.get());
    }
  }

  /** A step that may fail. */
  @FunctionalInterface
  interface Step {
    void run() throws IOException;
  }

  /** Runs a step on the privileged thread and waits for it. */
  void run(Step step) throws IOException {
    CompletableFuture<Void> done = new CompletableFuture<>();
    work.add(() -> {
      try {
        step.run();
        done.complete(null);
      } catch (IOException | RuntimeException | Error e) {
        // Whoever waits hears of it, and this thread lives on: there is no other like it.
        done.completeExceptionally(e);
      }
    });
    try {
      done.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private void serve() {
    try {
      while (true) {
        work.take().run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

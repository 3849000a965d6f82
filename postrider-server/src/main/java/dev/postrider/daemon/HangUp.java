package dev.postrider.daemon;

import dev.postrider.io.Signals;
import dev.postrider.log.MailLog;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The hang-up signal, which asks a daemon to read its configuration again. Where the JDK cannot
 * handle signals, the control socket still reloads. Safe on any thread.
 *
 * <p>One that comes while the daemon starts is obeyed when it has started: by itself it would end
 * the process, as it does in the first moments of a JVM. (To have it ignored by the shell before
 * would need a call of the C library to be undone, which costs each start a tenth of a second.)
 * Those that come while one is obeyed are obeyed once.
 */
final class HangUp {
  private final ReentrantLock turn = new ReentrantLock();
  private final AtomicBoolean wanted = new AtomicBoolean();
  private volatile @Nullable Runnable obeying;

  /** From now on the signal does no harm. */
  static HangUp watch() {
    HangUp hangUp = new HangUp();
    Runnable _ = Signals.on("HUP", hangUp::come);
    return hangUp;
  }

  /** Has it obeyed from now on, and for what came before. */
  void obeyBy(Runnable reload, MailLog log) {
    obeying =
        () -> {
          try {
            reload.run();
          } catch (RuntimeException | Error e) {
            log.bug("master", "reload", e);
          }
        };
    if (wanted.get()) {
      Thread.ofVirtual().name("reload").start(this::obey);
    }
  }

  /** One came. Returns when it was obeyed, or somebody else is about to. */
  void come() {
    if (!wanted.getAndSet(true)) {
      obey();
    }
  }

  private void obey() {
    Runnable action = obeying;
    if (action == null) {
      return;
    }
    turn.lock();
    try {
      // Before it is obeyed: what comes from here on may have changed what was read already.
      if (wanted.getAndSet(false)) {
        action.run();
      }
    } finally {
      turn.unlock();
    }
  }
}

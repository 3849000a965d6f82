package dev.postrider.daemon;

import dev.postrider.io.EndlessWork;
import dev.postrider.io.Programs;
import dev.postrider.io.Signals;
import dev.postrider.log.MailLog;
import java.util.concurrent.Semaphore;

/**
 * What commands leave behind in a container. Its first process, which is the daemon, becomes the
 * parent of each process whose own parent has ended, and must wait for it, or it stays in the
 * process table for ever. Woken by the signal that the kernel sends whenever a child ends: costs
 * nothing while none does.
 */
final class Orphans {
  private static final long FIRST_PROCESS = 1;

  /** One permit: somebody has ended since the last look. */
  private final Semaphore ended = new Semaphore(0);

  private Orphans() {}

  /** Waits for them from now on, if this is the first process. Before any program is started. */
  static void watch(MailLog log) {
    if (ProcessHandle.current().pid() != FIRST_PROCESS) {
      return;
    }
    Programs.remember();
    takeTheSignalLast();
    Orphans orphans = new Orphans();
    Runnable _ = Signals.on("CHLD", orphans.ended::release);
    EndlessWork work =
        new EndlessWork(
            orphans::await,
            (why, pause) ->
                log.bug("master", "waiting for orphans" + EndlessWork.again(pause), why));
    Thread.ofPlatform().name("orphans").daemon().start(work);
  }

  /** Before its first program is started the JDK gives this signal back to the system, once. */
  private static void takeTheSignalLast() {
    try {
      Class<?> _ = Class.forName("java.lang.ProcessImpl");
    } catch (ClassNotFoundException _) {
      // Another JDK. Where it does likewise, orphans are seen to when the daemon starts only.
      return;
    }
  }

  private void await() throws InterruptedException {
    while (true) {
      // Whoever was there before the signal was watched, too.
      Programs.forOrphans(Libc::waitIfEnded);
      ended.acquire();
      int _ = ended.drainPermits();
    }
  }
}

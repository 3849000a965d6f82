package dev.postrider.cli;

import java.util.concurrent.locks.ReentrantLock;

/**
 * What becomes of a setup that is broken off (^C): before everything is in use, all is as it was.
 * The JVM ends other threads only after its hooks, so that a change is finished or never begun.
 */
final class SetupGuard implements AutoCloseable {
  /** Something that takes a while and must not be left half done. */
  @FunctionalInterface
  interface Work<E extends Exception> {
    void run() throws E, InterruptedException;
  }

  private final ReentrantLock busy = new ReentrantLock();
  private final Runnable settled;
  private final Thread hook;

  /** Guarded by {@link #busy}. */
  private Runnable remedy = () -> {};

  /**
   * @param settled called at ^C when all is in use already
   */
  SetupGuard(Runnable settled) {
    this.settled = settled;
    this.hook =
        new Thread(
            () -> {
              busy.lock();
              remedy.run();
            },
            "broken off");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Does something whole, although the person breaks it off meanwhile. */
  <E extends Exception> void whole(Work<E> work) throws E, InterruptedException {
    busy.lock();
    try {
      work.run();
    } finally {
      busy.unlock();
    }
  }

  /** Says how to take back what was done, within {@link #whole}. */
  void takeBackBy(Runnable undo) {
    remedy = undo;
  }

  /** From here on nothing is taken back, within {@link #whole}. */
  void settle() {
    remedy = settled;
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // It is being broken off: the hook does the rest, and this thread ends with the JVM.
      return;
    }
  }
}

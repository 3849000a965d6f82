package dev.postrider.io;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongConsumer;

/**
 * The programs that the daemon and its helper start. All are started here, so that the first
 * process of a container can tell them from the orphans that the kernel gives it: the JDK waits for
 * its own, and whoever waits for one of those in its place takes the exit status away. Safe on any
 * thread.
 */
public final class Programs {
  /** Shared by those who start programs; whoever looks for orphans has it alone. */
  private static final ReentrantReadWriteLock STARTING = new ReentrantReadWriteLock();

  /** By process id. One that has ended stays until somebody looks for orphans. */
  private static final Map<Long, Process> STARTED = new ConcurrentHashMap<>();

  private static volatile boolean remembered;

  private Programs() {}

  /** Has programs remembered from now on. To be called before the first is started. */
  public static void remember() {
    remembered = true;
  }

  /**
   * Starts a program.
   *
   * @throws IOException as {@link ProcessBuilder#start}
   */
  public static Process start(ProcessBuilder builder) throws IOException {
    if (!remembered) {
      return builder.start();
    }
    // From the fork on the process may end, and before the JDK has returned nobody knows its
    // number.
    STARTING.readLock().lock();
    try {
      Process process = builder.start();
      STARTED.put(process.pid(), process);
      return process;
    } finally {
      STARTING.readLock().unlock();
    }
  }

  /**
   * Tells the children of this process that it has not started, running or ended. No program is
   * started meanwhile.
   *
   * @param orphans hears the number of each; must not start programs, nor take long
   */
  public static void forOrphans(LongConsumer orphans) {
    long[] children = ProcessHandle.current().children().mapToLong(ProcessHandle::pid).toArray();
    STARTING.writeLock().lock();
    try {
      // The JDK calls a process alive until it has waited for it; its number is free only then.
      STARTED.values().removeIf(process -> !process.isAlive());
      for (long child : children) {
        if (!STARTED.containsKey(child)) {
          orphans.accept(child);
        }
      }
    } finally {
      STARTING.writeLock().unlock();
    }
  }
}

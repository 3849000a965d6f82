package dev.postrider.daemon;

import dev.postrider.io.Pause;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Has the daemon leave when nobody needs it: after so much time without work, or so long after its
 * start. Leaving itself is {@link Work#leave}'s.
 */
final class Departure {
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(1);
  private static final Duration SHORTEST_LOOK = Duration.ofMillis(20);

  /** The daemon as seen from here. */
  interface Work {
    /** Whether a message is being handed over, is worked on or is due. */
    boolean isBusy();

    /** Goes up with everything that happens, also between two looks. */
    long activity();

    /** Finishes what is in hand and ends the daemon; returns when that is done. */
    void leave(String why) throws InterruptedException;
  }

  private final Supplier<Duration> idleLimit;
  private final Duration lifetime;
  private final Work work;
  private final long begin = System.nanoTime();
  private final AtomicBoolean watching = new AtomicBoolean();

  /**
   * @param idleLimit how long nothing may happen; zero for any time
   * @param lifetime how long after the start to leave, whatever happens; zero for never
   */
  Departure(Supplier<Duration> idleLimit, Duration lifetime, Work work) {
    this.idleLimit = idleLimit;
    this.lifetime = lifetime;
    this.work = work;
  }

  /** Begins to look, on a thread of its own, if there is a limit; also after a reload. */
  void watch() {
    if (isLimited() && watching.compareAndSet(false, true)) {
      Thread.ofVirtual().name("departure").start(this::run);
    }
  }

  private boolean isLimited() {
    return lifetime.isPositive() || idleLimit.get().isPositive();
  }

  private void run() {
    try {
      await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      watching.set(false);
    }
  }

  private void await() throws InterruptedException {
    long idleSince = System.nanoTime();
    long activity = work.activity();
    while (isLimited() && Pause.of(look())) {
      long now = System.nanoTime();
      if (lifetime.isPositive() && now - begin >= lifetime.toNanos()) {
        work.leave("master exit time has arrived");
        return;
      }
      long seen = work.activity();
      if (seen != activity || work.isBusy()) {
        activity = seen;
        idleSince = System.nanoTime();
      }
      Duration limit = idleLimit.get();
      if (limit.isPositive() && now - idleSince >= limit.toNanos()) {
        work.leave("nothing to do for " + limit.toSeconds() + " seconds: leaving");
        return;
      }
    }
  }

  private Duration look() {
    Duration look = LONGEST_LOOK;
    for (Duration limit : new Duration[] {idleLimit.get(), lifetime}) {
      Duration tenth = limit.dividedBy(10);
      if (tenth.isPositive() && tenth.compareTo(look) < 0) {
        look = tenth;
      }
    }
    return look.compareTo(SHORTEST_LOOK) < 0 ? SHORTEST_LOOK : look;
  }
}

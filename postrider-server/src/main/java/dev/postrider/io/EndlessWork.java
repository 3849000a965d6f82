package dev.postrider.io;

import java.time.Duration;

/**
 * What a part of the daemon does on a thread of its own for as long as it is there. If a bug ends
 * it, or a lack of memory, it is begun again after a pause: a second first, twice as long each time
 * that it dies again soon, and a minute at most (Postfix's service_throttle_time). Each death is
 * told once. Safe on any thread.
 */
public final class EndlessWork implements Runnable {
  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /** What lived as long as that has not died of what killed it before. */
  private static final Duration HEALTHY = Duration.ofMinutes(1);

  private final Work work;
  private final Deaths deaths;
  private final Time time;

  /** Goes on until the part ends. */
  @FunctionalInterface
  public interface Work {
    /** Returns, or is interrupted, when it is not to be begun again. */
    void run() throws InterruptedException;
  }

  /** Hears why the work has died. */
  @FunctionalInterface
  public interface Deaths {
    /**
     * Tells of one.
     *
     * @param pause how long it is until the work is begun again
     */
    void died(Throwable why, Duration pause);
  }

  /** The time that passes; the seam for tests. */
  interface Time {
    long nanos();

    void pass(Duration pause) throws InterruptedException;
  }

  public EndlessWork(Work work, Deaths deaths) {
    this(
        work,
        deaths,
        new Time() {
          @Override
          public long nanos() {
            return System.nanoTime();
          }

          @Override
          public void pass(Duration pause) throws InterruptedException {
            Thread.sleep(pause);
          }
        });
  }

  EndlessWork(Work work, Deaths deaths, Time time) {
    this.work = work;
    this.deaths = deaths;
    this.time = time;
  }

  /** For the end of a sentence that says what died: how it goes on. */
  public static String again(Duration pause) {
    return "; it is begun again in " + pause.toSeconds() + " s";
  }

  /** Works until the part ends or the thread is interrupted, which it stays. */
  @Override
  public void run() {
    Duration pause = SHORTEST_PAUSE;
    try {
      while (true) {
        long begun = time.nanos();
        try {
          work.run();
          return;
        } catch (RuntimeException | Error e) {
          if (time.nanos() - begun >= HEALTHY.toNanos()) {
            pause = SHORTEST_PAUSE;
          }
          tell(e, pause);
        }
        time.pass(pause);
        pause = pause.multipliedBy(2);
        pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell(Throwable why, Duration pause) {
    try {
      deaths.died(why, pause);
    } catch (RuntimeException | Error _) {
      // Without memory even a sentence may be too much; the work matters more.
    }
  }
}

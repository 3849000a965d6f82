package dev.postrider.daemon;

import dev.postrider.io.Signals;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The signals that end a daemon, TERM and INT: the first lets it finish what it has in hand, one
 * that comes later ends it at once. Safe on any thread.
 *
 * <p>Signals close to each other are one request: a service manager sends one to each process of a
 * service, and one of them passes it on to the daemon. Where the JDK cannot handle signals, its own
 * handling lets the daemon finish, and later ones do nothing.
 */
final class Termination {
  /** What comes within this time after the first signal belongs to it. */
  static final Duration ONE_REQUEST = Duration.ofSeconds(1);

  /** For the last records and lines, when it is to end at once. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private static final int OF_SIGNALS = 128;

  /** A signal and its number, which are the same everywhere. */
  enum Kind {
    INT(2),
    TERM(15);

    final int number;

    Kind(int number) {
      this.number = number;
    }
  }

  /** How a daemon ends. */
  interface Ending {
    /** Finishes what is in hand, within a limit. Returns when all is over. */
    void gently();

    /** Only makes sure of what is recorded already. */
    void atOnce();

    /** Ends the process, whatever its threads do. */
    void halt(int code);
  }

  private final Ending ending;
  private final LongSupplier nanoTime;
  private @Nullable Kind first;
  private long firstAt;
  private boolean second;

  Termination(Ending ending, LongSupplier nanoTime) {
    this.ending = ending;
    this.nanoTime = nanoTime;
  }

  /** Has the signals obeyed from now on. */
  static Termination of(Ending ending) {
    Termination termination = new Termination(ending, System::nanoTime);
    for (Kind each : Kind.values()) {
      Runnable _ = Signals.on(each.name(), () -> termination.come(each));
    }
    return termination;
  }

  /** One came. */
  void come(Kind kind) {
    switch (meaning(kind)) {
      case GENTLY -> ending.gently();
      case AT_ONCE -> endAtOnce(OF_SIGNALS + kind.number);
      case NOTHING -> {}
    }
  }

  private enum Meaning {
    GENTLY,
    AT_ONCE,
    NOTHING
  }

  private synchronized Meaning meaning(Kind kind) {
    long now = nanoTime.getAsLong();
    if (first == null) {
      first = kind;
      firstAt = now;
      return Meaning.GENTLY;
    }
    if (second || now - firstAt < ONE_REQUEST.toNanos()) {
      return Meaning.NOTHING;
    }
    second = true;
    return Meaning.AT_ONCE;
  }

  private void endAtOnce(int code) {
    CountDownLatch done = new CountDownLatch(1);
    // A thread of the system's: it must get on whatever the others hold.
    Thread.ofPlatform()
        .name("end at once")
        .daemon()
        .start(() -> {
          try {
            ending.atOnce();
          } finally {
            done.countDown();
          }
        });
    try {
      boolean _ = done.await(LAST_WORDS.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    ending.halt(code);
  }

  /**
   * The last step of a daemon that has ended. If a signal asked for that the process ends by it, as
   * Postfix's master does, which every service manager knows for a good end; as the first process
   * of a container, which no default action of a signal reaches, with 0, as that does too.
   *
   * @param code of a daemon that ended by itself
   * @return what to exit with, if this returns
   */
  int exitCode(int code) {
    Kind kind;
    synchronized (this) {
      kind = first;
    }
    if (kind == null || code != 0) {
      return code;
    }
    if (ProcessHandle.current().pid() == 1) {
      return 0;
    }
    Signals.toDefault(kind.name());
    Libc.raise(kind.number);
    return OF_SIGNALS + kind.number;
  }
}

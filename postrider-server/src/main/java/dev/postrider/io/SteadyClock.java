package dev.postrider.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * A clock that nobody can set: begins with the time of another and goes on evenly from there, also
 * while the machine sleeps (on Linux; elsewhere it sleeps too). Not the time of day, once somebody
 * has set the other. Safe on any thread.
 */
public final class SteadyClock implements InstantSource {
  private static final Path UPTIME = Path.of("/proc/uptime");

  /** How often to ask whether the machine has slept, and the least sleep that counts. */
  private static final long SECOND_NANOS = 1_000_000_000;

  private final Instant origin;
  private final LongSupplier nanoTime;
  private final LongSupplier uptime;
  private final long originNanos;
  private final long originUptime;
  private volatile long askedNanos;
  private volatile long sleptNanos;

  /** Begins now. */
  public SteadyClock(InstantSource clock) {
    this(clock.instant(), System::nanoTime, SteadyClock::uptimeNanos);
  }

  /**
   * @param nanoTime stands still while the machine sleeps, as {@link System#nanoTime} does
   * @param uptime does not; nanoseconds since the machine was started, or negative if unknown
   */
  SteadyClock(Instant origin, LongSupplier nanoTime, LongSupplier uptime) {
    this.origin = origin;
    this.nanoTime = nanoTime;
    this.uptime = uptime;
    this.originNanos = nanoTime.getAsLong();
    this.originUptime = uptime.getAsLong();
    this.askedNanos = originNanos;
  }

  @Override
  public Instant instant() {
    long now = nanoTime.getAsLong();
    if (now - askedNanos >= SECOND_NANOS) {
      askWhetherItSlept(now);
    }
    return origin.plusNanos(now - originNanos + sleptNanos);
  }

  private synchronized void askWhetherItSlept(long now) {
    askedNanos = now;
    long up = originUptime < 0 ? -1 : uptime.getAsLong();
    if (up < 0) {
      return;
    }
    long slept = up - originUptime - (now - originNanos);
    // The system tells its uptime in hundredths of a second: what is small is that.
    if (slept - sleptNanos >= SECOND_NANOS) {
      sleptNanos = slept;
    }
  }

  private static long uptimeNanos() {
    try {
      String text = Files.readString(UPTIME);
      int dot = text.indexOf('.');
      long hundredths =
          Long.parseLong(text, 0, dot, 10) * 100 + Long.parseLong(text, dot + 1, dot + 3, 10);
      return hundredths * 10_000_000;
    } catch (IOException | IndexOutOfBoundsException | NumberFormatException _) {
      return -1;
    }
  }
}

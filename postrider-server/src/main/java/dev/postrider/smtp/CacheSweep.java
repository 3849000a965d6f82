package dev.postrider.smtp;

import dev.postrider.io.EndlessWork;
import java.time.Duration;

/** Ends connections that have rested too long in a cache, from the start until the close. */
final class CacheSweep implements AutoCloseable {
  private final Thread thread;

  CacheSweep(ConnectionCache cache, Duration interval, EndlessWork.Deaths deaths) {
    EndlessWork sweeping =
        new EndlessWork(
            () -> {
              while (true) {
                Thread.sleep(interval);
                cache.sweep();
              }
            },
            deaths);
    thread = Thread.ofVirtual().name("smtp-cache").start(sweeping);
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}

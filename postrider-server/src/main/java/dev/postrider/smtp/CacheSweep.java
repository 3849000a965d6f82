package dev.postrider.smtp;

import dev.postrider.io.Pause;
import java.time.Duration;

/** Ends connections that have rested too long in a cache, from the start until the close. */
final class CacheSweep implements AutoCloseable {
  private final Thread thread;

  CacheSweep(ConnectionCache cache, Duration interval) {
    thread =
        Thread.ofVirtual()
            .name("smtp-cache")
            .start(() -> {
              while (Pause.of(interval)) {
                cache.sweep();
              }
            });
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}

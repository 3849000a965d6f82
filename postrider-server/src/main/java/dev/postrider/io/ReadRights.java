package dev.postrider.io;

import java.io.IOException;

/**
 * The right to read files that only root may read, where the process has kept it (guides say {@code
 * chmod 600 sasl_passwd}). Used for files that the configuration names, never for names that come
 * from outside.
 */
public interface ReadRights {
  /** Reads files. */
  @FunctionalInterface
  interface Reading<T> {
    T read() throws IOException;
  }

  /** Reads with the most rights there are. */
  <T> T read(Reading<T> reading) throws IOException;

  /** No more than the process's own. */
  static ReadRights own() {
    return new ReadRights() {
      @Override
      public <T> T read(Reading<T> reading) throws IOException {
        return reading.read();
      }
    };
  }
}

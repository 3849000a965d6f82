package dev.postrider.io;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * What a program and all that it starts write: the first octets are kept, the rest is thrown away.
 * Looking never waits, as a program that was left behind may hold its output for ever. Linux only.
 * For one thread.
 */
public final class ProgramOutput implements AutoCloseable {
  private final FileInputStream reading;
  private final int written;
  private final byte[] kept;
  private int count;

  private ProgramOutput(FileInputStream reading, int written, int most) {
    this.reading = reading;
    this.written = written;
    this.kept = new byte[most];
  }

  /** Whether this system can do that. */
  public static boolean isSupported() {
    return OpenCall.isSupported();
  }

  /**
   * Makes a pipe.
   *
   * @param most octets that are kept
   */
  public static ProgramOutput open(int most) throws IOException {
    int[] both = OpenCall.pipe();
    try {
      return new ProgramOutput(new FileInputStream(OpenCall.name(both[0]).toFile()), both[1], most);
    } catch (IOException e) {
      OpenCall.close(both[1]);
      throw e;
    } finally {
      OpenCall.close(both[0]);
    }
  }

  /** What the program gets for its output. It ends with {@link #close}. */
  public File forProgram() {
    return OpenCall.name(written).toFile();
  }

  /** Takes what is there; returns whether there was anything. */
  public boolean look() throws IOException {
    byte[] thrownAway = new byte[0];
    boolean any = false;
    for (int there = reading.available(); there > 0; there = reading.available()) {
      any = true;
      if (count < kept.length) {
        count += reading.read(kept, count, Math.min(there, kept.length - count));
      } else {
        thrownAway = thrownAway.length == 0 ? new byte[8_192] : thrownAway;
        int _ = reading.read(thrownAway, 0, Math.min(there, thrownAway.length));
      }
    }
    return any;
  }

  /** What was kept. */
  public byte[] kept() {
    return Arrays.copyOf(kept, count);
  }

  @Override
  public void close() throws IOException {
    OpenCall.close(written);
    reading.close();
  }
}

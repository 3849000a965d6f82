package dev.postrider.smtpd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file descriptors that clients of all services may hold at a time: half of what the process
 * may have. Whoever else connects waits in the system's queue, as with a Postfix whose processes
 * are all busy. The other half is for the spool, deliveries and the administrator's commands, which
 * a crowd of connections must not stop. Safe on any thread.
 */
public final class ClientDescriptors {
  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final Pattern OPEN_FILES = Pattern.compile("(?m)^Max open files +([0-9]+) ");

  /** Where the system does not say: what a macOS program begins with, and more than 100 clients. */
  private static final int UNKNOWN = 256;

  private final Semaphore free;
  private final int most;

  ClientDescriptors(int most) {
    this.most = most;
    this.free = new Semaphore(most);
  }

  /** Of this process, as its limit is now. */
  public static ClientDescriptors ofProcess() {
    return new ClientDescriptors(openFiles() / 2);
  }

  private static int openFiles() {
    try {
      Matcher matcher = OPEN_FILES.matcher(Files.readString(LIMITS));
      if (matcher.find()) {
        return (int) Math.min(Long.parseLong(matcher.group(1)), Integer.MAX_VALUE);
      }
    } catch (IOException | NumberFormatException _) {
      // Elsewhere than on Linux, or unlimited.
      return UNKNOWN;
    }
    return UNKNOWN;
  }

  /** How many there are in all. */
  int most() {
    return most;
  }

  boolean takeAtOnce() {
    return free.tryAcquire();
  }

  void take() throws InterruptedException {
    free.acquire();
  }

  void giveBack() {
    free.release();
  }
}

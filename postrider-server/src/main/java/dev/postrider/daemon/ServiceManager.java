package dev.postrider.daemon;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Who started this process and wants to hear how it is (sd_notify(3)). Where nobody does, nothing
 * is sent. Safe on any thread.
 */
final class ServiceManager {
  private static final short AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;

  /** sun_path of a sockaddr_un. */
  private static final int LONGEST_PATH = 107;

  private final String socket;
  private final Optional<Duration> watchdog;
  private final Consumer<String> warnings;

  private ServiceManager(String socket, Optional<Duration> watchdog, Consumer<String> warnings) {
    this.socket = socket;
    this.watchdog = watchdog;
    this.warnings = warnings;
  }

  /** Told by NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID. */
  static ServiceManager of(Map<String, String> environment, Consumer<String> warnings) {
    String socket = environment.getOrDefault("NOTIFY_SOCKET", "");
    String limit = environment.getOrDefault("WATCHDOG_USEC", "");
    String own = Long.toString(ProcessHandle.current().pid());
    boolean isMeant = environment.getOrDefault("WATCHDOG_PID", own).equals(own);
    return new ServiceManager(
        socket,
        isMeant && limit.matches("[1-9][0-9]{0,15}")
            ? Optional.of(Duration.ofNanos(Long.parseLong(limit) * 1000))
            : Optional.empty(),
        warnings);
  }

  /** How long it waits for a sign of life before it ends us; empty if it does not look. */
  Optional<Duration> watchdog() {
    return socket.isEmpty() ? Optional.empty() : watchdog;
  }

  void ready(String status) {
    tell("READY=1\nSTATUS=" + status);
  }

  /** A reload has begun; {@link #ready} ends it. */
  void reloading() {
    // The time by which systemd tells this reload from an earlier one; the kernel's clock since
    // the start of the machine is what the JDK's is on Linux.
    tell("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1000);
  }

  void stopping(String status) {
    tell("STOPPING=1\nSTATUS=" + status);
  }

  void alive() {
    tell("WATCHDOG=1");
  }

  private void tell(String words) {
    if (socket.isEmpty()) {
      return;
    }
    try {
      send(words.getBytes(StandardCharsets.UTF_8));
    } catch (IOException | LinkageError e) {
      warnings.accept("NOTIFY_SOCKET = " + socket + ": " + e.getMessage());
    }
  }

  /** The JDK has no datagram sockets of this family. */
  private void send(byte[] words) throws IOException {
    byte[] path = socket.getBytes(StandardCharsets.UTF_8);
    if (path.length > LONGEST_PATH) {
      throw new IOException("its path is too long");
    }
    if (path[0] == '@') {
      path[0] = 0;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Libc.CAPTURED);
      MemorySegment address = arena.allocate(2 + LONGEST_PATH + 1);
      address.set(JAVA_SHORT, 0, AF_UNIX);
      MemorySegment.copy(path, 0, address, JAVA_BYTE, 2, path.length);
      MemorySegment data = arena.allocateFrom(JAVA_BYTE, words);
      Descriptor channel = new Descriptor(Libc.call("socket", AF_UNIX, SOCK_DGRAM, 0));
      long sent;
      try {
        sent =
            (long)
                Libc.handle(
                        "sendto",
                        FunctionDescriptor.of(
                            JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT))
                    .invokeExact(
                        state,
                        channel.number(),
                        data,
                        (long) words.length,
                        0,
                        address,
                        2 + path.length);
      } catch (Throwable e) {
        throw new LinkageError("sendto", e);
      } finally {
        channel.close();
      }
      Libc.check("sendto", sent, state);
    }
  }
}

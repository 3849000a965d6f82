package dev.postrider.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Does file work with the rights of another user: on a platform thread that takes the user's
 * groups, file-system group and file-system user. It is a thread of its own that ends afterwards,
 * so that no other work can ever run with a borrowed identity; or, where a thread does nothing else
 * than such work, the one that asks, which takes its own identity back. Linux only. Safe on any
 * thread.
 *
 * <p>The kernel keeps these identities per thread. {@code setgroups} goes through the raw system
 * call, because the C library's wrapper changes every thread of the process.
 */
public final class ActingAs {
  /** File work. */
  @FunctionalInterface
  public interface Work<T> {
    T run() throws IOException, InterruptedException;
  }

  /** The identity could not be taken; the work has not begun. */
  public static final class Refused extends IOException {
    @java.io.Serial private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  /** System call numbers that differ by processor. */
  private record Calls(long setgroups, long setfsuid, long setfsgid) {}

  @SuppressWarnings("restricted")
  private static final class Native {
    private static final MethodHandle SYSCALL;

    static {
      Linker linker = Linker.nativeLinker();
      SYSCALL =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("syscall"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.ADDRESS),
              Linker.Option.firstVariadicArg(1));
    }

    private Native() {}
  }

  private final boolean inPlace;

  private ActingAs(boolean inPlace) {
    this.inPlace = inPlace;
  }

  /** On new threads, with the rights of whichever thread asks. */
  public static ActingAs ofCaller() {
    return new ActingAs(false);
  }

  /**
   * On the thread that asks, which must be a platform thread of root's and has root's identity
   * again, and no supplementary groups, when the work is done. For a process whose every piece of
   * work takes an identity first.
   */
  public static ActingAs inPlace() {
    return new ActingAs(true);
  }

  /** Whether this system knows identities per thread. */
  public static boolean isSupported() {
    return System.getProperty("os.name", "").equals("Linux") && calls() != null;
  }

  /**
   * Runs the work as somebody else.
   *
   * @param groups the supplementary groups
   * @throws IOException what the work threw, or that the identity could not be taken; then the work
   *     has not begun
   */
  public <T> T run(long uid, long gid, List<Long> groups, Work<T> work)
      throws IOException, InterruptedException {
    @Nullable Calls calls = calls();
    if (calls == null || !isSupported()) {
      throw new IOException("this system has no identity per thread; run as the user " + uid);
    }
    if (inPlace) {
      return inPlace(calls, uid, gid, groups, work);
    }
    return onOwnThread(calls, uid, gid, groups, work);
  }

  private static <T> T onOwnThread(Calls calls, long uid, long gid, List<Long> groups, Work<T> work)
      throws IOException, InterruptedException {
    AtomicReference<@Nullable T> result = new AtomicReference<>();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    CountDownLatch done = new CountDownLatch(1);
    Thread worker =
        Thread.ofPlatform()
            .name("acting-as")
            .start(() -> {
              try {
                become(calls, uid, gid, groups);
                result.set(work.run());
              } catch (IOException | InterruptedException | RuntimeException | Error e) {
                failure.set(e);
              } finally {
                done.countDown();
              }
            });
    try {
      done.await();
    } catch (InterruptedException e) {
      // The daemon stops: tell the work, and let it clean up before anybody takes its place.
      worker.interrupt();
      done.await();
      throw e;
    }
    @Nullable T value = result.get();
    if (value != null) {
      return value;
    }
    switch (failure.get()) {
      case IOException e -> throw e;
      case InterruptedException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> throw new IOException("work of user " + uid + " ended without result");
    }
  }

  private static <T> T inPlace(Calls calls, long uid, long gid, List<Long> groups, Work<T> work)
      throws IOException, InterruptedException {
    if (Thread.currentThread().isVirtual()) {
      throw new IllegalStateException("an identity is of a thread of the system's");
    }
    try {
      become(calls, uid, gid, groups);
      return work.run();
    } finally {
      comeBack(calls);
    }
  }

  /** If that should ever fail the thread must do nothing more. */
  private static void comeBack(Calls calls) {
    try {
      become(calls, 0, 0, List.of());
    } catch (IOException e) {
      throw new IllegalStateException("cannot take root's identity back", e);
    }
  }

  private static void become(Calls calls, long uid, long gid, List<Long> groups)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment list = arena.allocate(ValueLayout.JAVA_INT, Math.max(1, groups.size()));
      for (int i = 0; i < groups.size(); i++) {
        list.setAtIndex(ValueLayout.JAVA_INT, i, (int) groups.get(i).longValue());
      }
      boolean taken =
          call(calls.setgroups(), groups.size(), list) == 0
              && set(calls.setfsgid(), gid)
              && set(calls.setfsuid(), uid);
      if (!taken) {
        throw new Refused(
            "cannot take the identity of user "
                + uid
                + ": the process needs root or the capabilities CAP_SETUID and CAP_SETGID");
      }
    }
  }

  /** These calls answer with the value before; asking again with -1 tells whether it was taken. */
  private static boolean set(long number, long id) {
    call(number, id, MemorySegment.NULL);
    return (int) call(number, -1, MemorySegment.NULL) == (int) id;
  }

  private static long call(long number, long argument, MemorySegment pointer) {
    try {
      return (long) Native.SYSCALL.invokeExact(number, argument, pointer);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("system call " + number, e);
    }
  }

  private static @Nullable Calls calls() {
    return switch (System.getProperty("os.arch", "")) {
      case "amd64", "x86_64" -> new Calls(116, 122, 123);
      case "aarch64" -> new Calls(159, 151, 152);
      default -> null;
    };
  }
}

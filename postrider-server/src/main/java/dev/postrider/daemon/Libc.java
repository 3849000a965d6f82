package dev.postrider.daemon;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * The few calls of the C library that the JDK does not have. Functions only; safe on any thread.
 */
@SuppressWarnings("restricted")
final class Libc {
  private static final Linker LINKER = Linker.nativeLinker();
  static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final int WNOHANG = 1;

  /** Looked up once, and by few: that is what costs. */
  private static final class Waiting {
    static final MethodHandle WAITPID =
        handle("waitpid", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));

    private Waiting() {}
  }

  private Libc() {}

  /** Begins a session of its own; fails quietly if the process leads a group already. */
  static void setsid() {
    try (Arena arena = Arena.ofConfined()) {
      int _ = invoke("setsid", arena.allocate(CAPTURED));
    }
  }

  /** Sends a signal to the calling thread; returns if that does not end the process. */
  static void raise(int signal) {
    try (Arena arena = Arena.ofConfined()) {
      int _ = invoke("raise", arena.allocate(CAPTURED), signal);
    }
  }

  /**
   * Waits for a child that has ended, which takes it out of the process table. Returns at once if
   * it runs, or is no child of this process.
   */
  static void waitIfEnded(long pid) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CAPTURED);
      int _ = (int) Waiting.WAITPID.invokeExact(state, (int) pid, MemorySegment.NULL, WNOHANG);
    } catch (Throwable e) {
      throw new LinkageError("waitpid", e);
    }
  }

  static void setgroups(int gid) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment groups = arena.allocateFrom(JAVA_INT, gid);
      MemorySegment state = arena.allocate(CAPTURED);
      int result;
      try {
        result =
            (int)
                handle("setgroups", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, ADDRESS))
                    .invokeExact(state, 1L, groups);
      } catch (Throwable e) {
        throw new LinkageError("setgroups", e);
      }
      check("setgroups", result, state);
    }
  }

  /** Real, effective and saved group id. */
  static void setresgid(int gid) throws IOException {
    int _ = call("setresgid", gid, gid, gid);
  }

  /** Real, effective and saved user id, of every thread of the process. */
  static void setresuid(int uid) throws IOException {
    int _ = call("setresuid", uid, uid, uid);
  }

  /** prctl(2) with one argument; of the calling thread. */
  static void prctl(int option, long argument) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CAPTURED);
      int result;
      try {
        MethodHandle prctl =
            LINKER.downcallHandle(
                address("prctl"),
                FunctionDescriptor.of(
                    JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                Linker.Option.firstVariadicArg(1),
                Linker.Option.captureCallState("errno"));
        result = (int) prctl.invokeExact(state, option, argument, 0L, 0L, 0L);
      } catch (Throwable e) {
        throw new LinkageError("prctl", e);
      }
      check("prctl", result, state);
    }
  }

  /**
   * Sets the effective and permitted capabilities of the calling thread (capset(2), version 3).
   *
   * @param capabilities a bit for each of the first 32
   */
  static void capset(int capabilities) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment header = arena.allocateFrom(JAVA_INT, 0x20080522, 0);
      MemorySegment data = arena.allocateFrom(JAVA_INT, capabilities, capabilities, 0, 0, 0, 0);
      MemorySegment state = arena.allocate(CAPTURED);
      int result;
      try {
        result =
            (int)
                handle("capset", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS))
                    .invokeExact(state, header, data);
      } catch (Throwable e) {
        throw new LinkageError("capset", e);
      }
      check("capset", result, state);
    }
  }

  /**
   * Calls a function that takes numbers and returns one.
   *
   * @param arguments three at most
   * @return not negative
   * @throws IOException if the C library had something against it
   */
  static int call(String name, int... arguments) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CAPTURED);
      int result = invoke(name, state, arguments);
      check(name, result, state);
      return result;
    }
  }

  private static int invoke(String name, MemorySegment state, int... arguments) {
    MemoryLayout[] layouts = new MemoryLayout[arguments.length];
    Arrays.fill(layouts, JAVA_INT);
    MethodHandle handle = handle(name, FunctionDescriptor.of(JAVA_INT, layouts));
    try {
      return switch (arguments.length) {
        case 0 -> (int) handle.invokeExact(state);
        case 1 -> (int) handle.invokeExact(state, arguments[0]);
        case 2 -> (int) handle.invokeExact(state, arguments[0], arguments[1]);
        default -> (int) handle.invokeExact(state, arguments[0], arguments[1], arguments[2]);
      };
    } catch (Throwable e) {
      throw new LinkageError(name, e);
    }
  }

  /** A function of the C library; its first argument takes what {@link #CAPTURED} describes. */
  static MethodHandle handle(String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(
        address(name), descriptor, Linker.Option.captureCallState("errno"));
  }

  private static MemorySegment address(String name) {
    return LINKER
        .defaultLookup()
        .find(name)
        .orElseThrow(() -> new LinkageError("the C library has no " + name));
  }

  /** Throws what the C library had against a call that returned a negative number. */
  static void check(String name, long result, MemorySegment state) throws IOException {
    if (result < 0) {
      throw new IOException(name + ": errno " + (int) ERRNO.get(state, 0L));
    }
  }
}

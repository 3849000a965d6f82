package dev.postrider.smtp;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A Unix datagram socket that listens, on Linux: the JDK has none. */
@SuppressWarnings("restricted")
final class DatagramListener implements AutoCloseable {
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int ADDRESS_SIZE = 110;

  private final int descriptor;

  DatagramListener(Path path) {
    MethodHandle socket =
        function(
            "socket",
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT);
    MethodHandle bind =
        function(
            "bind",
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_INT);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(ADDRESS_SIZE);
      address.set(ValueLayout.JAVA_SHORT_UNALIGNED, 0, (short) AF_UNIX);
      byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
      MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, 2, name.length);
      descriptor = called(() -> (int) socket.invokeExact(AF_UNIX, SOCK_DGRAM, 0));
      if (called(() -> (int) bind.invokeExact(descriptor, address, ADDRESS_SIZE)) != 0) {
        throw new IllegalStateException("bind " + path);
      }
    }
  }

  private static MethodHandle function(String name, ValueLayout result, ValueLayout... arguments) {
    return Linker.nativeLinker()
        .downcallHandle(
            Linker.nativeLinker().defaultLookup().find(name).orElseThrow(),
            FunctionDescriptor.of(result, arguments));
  }

  /** A call of the system's library, which throws nothing although handles are declared to. */
  @FunctionalInterface
  private interface Call<T> {
    T run() throws Throwable;
  }

  private static <T> T called(Call<T> call) {
    try {
      return call.run();
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** The next datagram that is there, or an empty text. */
  String next() {
    MethodHandle receive =
        function(
            "recv",
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_INT);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(65_536);
      long length =
          called(() ->
              (long) receive.invokeExact(descriptor, buffer, buffer.byteSize(), MSG_DONTWAIT));
      byte[] bytes = new byte[(int) Math.max(0, length)];
      MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() {
    MethodHandle close = function("close", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    int _ = called(() -> (int) close.invokeExact(descriptor));
  }
}

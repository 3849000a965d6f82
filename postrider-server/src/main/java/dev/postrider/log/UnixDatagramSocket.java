package dev.postrider.log;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A connected Unix datagram socket, which the JDK does not have: four calls of the C library, on
 * Linux and macOS. For one thread.
 */
@SuppressWarnings("restricted")
public final class UnixDatagramSocket implements AutoCloseable {
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;

  /** A peer that went away must not kill the process; macOS raises no signal for datagrams. */
  private static final int MSG_NOSIGNAL = 0x4000;

  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_DONTWAIT_MACOS = 0x80;

  private static final int PATH_OFFSET = 2;

  private static final boolean MACOS =
      System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("mac");
  private static final int MOST_PATH = MACOS ? 103 : 107;

  /** The calls, looked up when first needed: most instances log to a file. */
  private static final class Calls {
    static final MethodHandle SOCKET =
        call("socket", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    static final MethodHandle CONNECT =
        call("connect", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    static final MethodHandle CLOSE = call("close", ValueLayout.JAVA_INT);
    static final MethodHandle SEND =
        Linker.nativeLinker()
            .downcallHandle(
                find("send"),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT));

    private static MethodHandle call(String name, MemoryLayout... arguments) {
      return Linker.nativeLinker()
          .downcallHandle(find(name), FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
    }

    private static MemorySegment find(String name) {
      SymbolLookup library = Linker.nativeLinker().defaultLookup();
      return library.find(name).orElseThrow(() -> new UnsatisfiedLinkError(name));
    }
  }

  private final int descriptor;

  private UnixDatagramSocket(int descriptor) {
    this.descriptor = descriptor;
  }

  /**
   * Connects to the socket of a program on this machine.
   *
   * @throws IOException if nobody listens there
   */
  public static UnixDatagramSocket connect(Path path) throws IOException {
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    if (name.length > MOST_PATH) {
      throw new IOException("socket path too long: " + path);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(PATH_OFFSET + MOST_PATH + 1L);
      if (MACOS) {
        address.set(ValueLayout.JAVA_BYTE, 0, (byte) address.byteSize());
        address.set(ValueLayout.JAVA_BYTE, 1, (byte) AF_UNIX);
      } else {
        address.set(ValueLayout.JAVA_SHORT_UNALIGNED, 0, (short) AF_UNIX);
      }
      MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, PATH_OFFSET, name.length);
      int descriptor = (int) Calls.SOCKET.invokeExact(AF_UNIX, SOCK_DGRAM, 0);
      if (descriptor < 0) {
        throw new IOException("no socket for " + path + ": out of file descriptors?");
      }
      UnixDatagramSocket socket = new UnixDatagramSocket(descriptor);
      if ((int) Calls.CONNECT.invokeExact(descriptor, address, (int) address.byteSize()) != 0) {
        socket.close();
        throw new IOException("connect to " + path + ": nobody listens there");
      }
      return socket;
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException("connect to " + path, e);
    }
  }

  /** Sends one datagram, waiting for room; false if the peer is gone or the message too long. */
  boolean send(byte[] datagram) {
    return send(datagram, MACOS ? 0 : MSG_NOSIGNAL);
  }

  /** Sends one datagram, if there is room for it; false if not, or the peer is gone. */
  public boolean sendNow(byte[] datagram) {
    return send(datagram, MACOS ? MSG_DONTWAIT_MACOS : MSG_NOSIGNAL | MSG_DONTWAIT);
  }

  private boolean send(byte[] datagram, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, datagram);
      long sent = (long) Calls.SEND.invokeExact(descriptor, bytes, (long) datagram.length, flags);
      return sent == datagram.length;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("send", e);
    }
  }

  @Override
  public void close() {
    try {
      int _ = (int) Calls.CLOSE.invokeExact(descriptor);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("close", e);
    }
  }
}

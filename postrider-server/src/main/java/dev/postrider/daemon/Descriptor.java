package dev.postrider.daemon;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * A socket of this process that is known by its number only, as a service manager hands it over.
 * The JDK makes a channel of number 0 alone, so the number is copied over that of a channel which
 * the JDK made. To be used before other threads open files.
 *
 * @param number of the open file, as the kernel counts
 */
record Descriptor(int number) {
  private static final ByteOrder NATIVE = ByteOrder.nativeOrder();
  private static final int AF_UNIX = 1;
  private static final int AF_INET = 2;
  private static final boolean IS_BSD =
      System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac");
  private static final int AF_INET6 = IS_BSD ? 30 : 10;

  /** Room for any address: sockaddr_storage. */
  private static final int ADDRESS_ROOM = 128;

  /** A process that has just begun has few files open. */
  private static final int HIGHEST = 1024;

  /**
   * Where the socket is bound.
   *
   * @throws IOException if it is no socket, or of a kind that mail does not come by
   */
  SocketAddress address() throws IOException {
    byte[] name = name();
    int family = IS_BSD ? name[1] & 0xFF : ByteBuffer.wrap(name).order(NATIVE).getShort();
    if (family == AF_INET) {
      return internet(name, 4, 4);
    }
    if (family == AF_INET6) {
      return internet(name, 8, 16);
    }
    if (family == AF_UNIX && name.length > 2 && name[2] != 0) {
      int end = 2;
      while (end < name.length && name[end] != 0) {
        end++;
      }
      return UnixDomainSocketAddress.of(new String(name, 2, end - 2, StandardCharsets.UTF_8));
    }
    throw new IOException("descriptor " + number + " is bound to nothing that mail comes by");
  }

  private static InetSocketAddress internet(byte[] name, int at, int length)
      throws UnknownHostException {
    int port = ((name[2] & 0xFF) << 8) | (name[3] & 0xFF);
    return new InetSocketAddress(
        InetAddress.getByAddress(Arrays.copyOfRange(name, at, at + length)), port);
  }

  /** Makes a channel of it; the number itself is closed then. */
  ServerSocketChannel channel() throws IOException {
    SocketAddress address = address();
    ServerSocketChannel channel;
    SocketAddress bound;
    if (address instanceof UnixDomainSocketAddress unix) {
      // Beside the real one, where this process surely may make one.
      Path path = unix.getPath().resolveSibling(".activation." + ProcessHandle.current().pid());
      Files.deleteIfExists(path);
      channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      bound = UnixDomainSocketAddress.of(path);
      channel.bind(bound);
      Files.delete(path);
    } else {
      boolean v4 = ((InetSocketAddress) address).getAddress().getAddress().length == 4;
      channel =
          ServerSocketChannel.open(v4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
      channel.bind(new InetSocketAddress(InetAddress.ofLiteral(v4 ? "127.0.0.1" : "::1"), 0));
      bound = channel.getLocalAddress();
    }
    copyOver(find(bound));
    close();
    return channel;
  }

  /** The number of the channel that the JDK has just bound. */
  private static Descriptor find(SocketAddress bound) throws IOException {
    for (int number = 0; number < HIGHEST; number++) {
      Descriptor candidate = new Descriptor(number);
      try {
        if (candidate.address().equals(bound)) {
          return candidate;
        }
      } catch (IOException _) {
        // No socket.
      }
    }
    throw new IOException("the socket bound to " + bound + " is not among this process's files");
  }

  private byte[] name() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Libc.CAPTURED);
      MemorySegment room = arena.allocate(ADDRESS_ROOM);
      MemorySegment length = arena.allocateFrom(JAVA_INT, ADDRESS_ROOM);
      int result;
      try {
        result =
            (int)
                Libc.handle(
                        "getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS))
                    .invokeExact(state, number, room, length);
      } catch (Throwable e) {
        throw new LinkageError("getsockname", e);
      }
      Libc.check("getsockname", result, state);
      return room.asSlice(0, length.get(JAVA_INT, 0)).toArray(JAVA_BYTE);
    }
  }

  private void copyOver(Descriptor other) throws IOException {
    int _ = Libc.call("dup2", number, other.number);
  }

  void close() throws IOException {
    int _ = Libc.call("close", number);
  }
}

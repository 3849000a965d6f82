package dev.postrider.table;

import dev.postrider.io.WaitLimit;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A connection to the server of a table. Each exchange has one time for all that is written and
 * read, so that a server which answers a byte at a time holds nobody up for longer. For one thread
 * at a time.
 */
final class Peer implements Closeable {
  private static final int BUFFER = 8 * 1024;

  private final SocketChannel channel;
  private final WaitLimit limit;
  private final ByteBuffer arrived = ByteBuffer.allocate(BUFFER).flip();
  private long deadline;

  private Peer(SocketChannel channel) {
    this.channel = channel;
    this.limit = new WaitLimit(channel);
  }

  /**
   * Connects.
   *
   * @throws IOException saying where to and why not
   */
  static Peer connect(Endpoint endpoint, Duration timeout) throws IOException {
    try {
      return endpoint.path() == null ? inet(endpoint, timeout) : unix(endpoint, timeout);
    } catch (UnknownHostException e) {
      throw new IOException("connect to " + endpoint.text() + ": host not found", e);
    } catch (IOException e) {
      throw new IOException("connect to " + endpoint.text() + ": " + e.getMessage(), e);
    }
  }

  private static Peer inet(Endpoint endpoint, Duration timeout) throws IOException {
    @Nullable IOException last = null;
    for (InetAddress address : InetAddress.getAllByName(endpoint.host())) {
      SocketChannel channel = SocketChannel.open();
      try {
        channel
            .socket()
            .connect(
                new InetSocketAddress(address, endpoint.port()),
                Math.toIntExact(timeout.toMillis()));
        channel.socket().setTcpNoDelay(true);
        return new Peer(channel);
      } catch (IOException e) {
        channel.close();
        last = e;
      }
    }
    throw last == null ? new UnknownHostException(endpoint.host()) : last;
  }

  private static Peer unix(Endpoint endpoint, Duration timeout) throws IOException {
    SocketChannel channel = SocketChannel.open(java.net.StandardProtocolFamily.UNIX);
    Peer peer = new Peer(channel);
    try {
      var _ =
          peer.limit.within(
              System.nanoTime() + timeout.toNanos(),
              () -> channel.connect(UnixDomainSocketAddress.of(endpoint.path())) ? 1 : 0);
      return peer;
    } catch (IOException e) {
      peer.close();
      throw e;
    }
  }

  /** Begins an exchange: what follows must be over within this time. */
  void begin(Duration timeout) {
    deadline = System.nanoTime() + timeout.toNanos();
  }

  void write(byte[] bytes) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    while (rest.hasRemaining()) {
      var _ = limit.within(deadline, () -> channel.write(rest));
    }
  }

  /**
   * The next byte, 0 to 255.
   *
   * @throws EOFException at the end
   */
  int read() throws IOException {
    if (!arrived.hasRemaining()) {
      arrived.clear();
      int length;
      try {
        length = limit.within(deadline, () -> channel.read(arrived));
      } finally {
        arrived.flip();
      }
      if (length < 0) {
        throw new EOFException("the connection was closed");
      }
    }
    return arrived.get() & 0xff;
  }

  /** Exactly so many bytes. */
  byte[] read(int length) throws IOException {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) read();
    }
    return bytes;
  }

  /**
   * A line without its line feed.
   *
   * @param most its longest, in bytes
   */
  byte[] line(int most) throws IOException {
    byte[] line = new byte[Math.min(most, BUFFER)];
    int length = 0;
    for (int b = read(); b != '\n'; b = read()) {
      if (length == most) {
        throw new ProtocolException("a reply is longer than " + most + " bytes");
      }
      if (length == line.length) {
        line = java.util.Arrays.copyOf(line, Math.min(most, 2 * length));
      }
      line[length++] = (byte) b;
    }
    return java.util.Arrays.copyOf(line, length);
  }

  /** Whether nothing is left over of the last exchange. */
  boolean isClean() {
    return !arrived.hasRemaining();
  }

  /** What a failure of an exchange is called in a message. */
  static String reason(IOException e) {
    return e instanceof SocketTimeoutException ? "timed out" : String.valueOf(e.getMessage());
  }

  @Override
  public void close() throws IOException {
    limit.close();
    channel.close();
  }
}

package dev.postrider.table;

import dev.postrider.io.WaitLimit;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * A Unix-domain socket for clients that know only {@link Socket}. It is connected from the start:
 * whatever address the client names, it talks to the path. One thread may read while another
 * writes.
 */
final class UnixSocket extends Socket {
  /** Without a time-out of its own a read ends when the client closes the socket. */
  private static final long DAY_NANOS = 86_400_000_000_000L;

  private final SocketChannel channel;
  private final WaitLimit reading;
  private final WaitLimit writing;
  private volatile int timeout;

  UnixSocket(Path path) throws IOException {
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    reading = new WaitLimit(channel);
    writing = new WaitLimit(channel);
    try {
      channel.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException e) {
      close();
      throw new IOException(path + ": " + e.getMessage(), e);
    }
  }

  private long deadline() {
    int millis = timeout;
    return System.nanoTime() + (millis == 0 ? DAY_NANOS : millis * 1_000_000L);
  }

  @Override
  public void connect(SocketAddress ignored) {}

  @Override
  public void connect(SocketAddress ignored, int millis) {}

  @Override
  public InputStream getInputStream() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int from, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(into, from, length);
        return reading.within(deadline(), () -> channel.read(buffer));
      }

      @Override
      public void close() throws IOException {
        UnixSocket.this.close();
      }
    };
  }

  @Override
  public OutputStream getOutputStream() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes, from, length);
        while (rest.hasRemaining()) {
          var _ = writing.within(deadline(), () -> channel.write(rest));
        }
      }

      @Override
      public void close() throws IOException {
        UnixSocket.this.close();
      }
    };
  }

  @Override
  public void setSoTimeout(int millis) {
    timeout = millis;
  }

  @Override
  public int getSoTimeout() {
    return timeout;
  }

  @Override
  public void close() throws IOException {
    reading.close();
    writing.close();
    channel.close();
  }

  @Override
  public boolean isClosed() {
    return !channel.isOpen();
  }

  @Override
  public boolean isConnected() {
    return true;
  }

  @Override
  public boolean isBound() {
    return true;
  }

  @Override
  public InetAddress getInetAddress() {
    return InetAddress.getLoopbackAddress();
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return new InetSocketAddress(getInetAddress(), 0);
  }

  @Override
  public SocketAddress getLocalSocketAddress() {
    return getRemoteSocketAddress();
  }

  @Override
  public int getReceiveBufferSize() {
    return 64 * 1024;
  }

  @Override
  public int getSendBufferSize() {
    return 64 * 1024;
  }

  @Override
  public void setReceiveBufferSize(int size) {}

  @Override
  public void setSendBufferSize(int size) {}

  @Override
  public void setTcpNoDelay(boolean on) {}

  @Override
  public void setKeepAlive(boolean on) {}

  @Override
  public void setSoLinger(boolean on, int linger) {}
}

package dev.postrider.smtpd;

import dev.postrider.io.WriteLimit;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;

/** The two directions to a client. Reading and writing are for one thread; closing is for any. */
interface Connection extends Closeable {
  InputStream in() throws IOException;

  OutputStream out() throws IOException;

  /** How long one read may wait from now on; then it fails with SocketTimeoutException. */
  void readTimeout(Duration timeout) throws IOException;

  /** Limits the write that follows. */
  WriteLimit writeLimit(Duration timeout);

  /** A network client. */
  record OverSocket(Socket socket) implements Connection {
    @Override
    public InputStream in() throws IOException {
      return socket.getInputStream();
    }

    @Override
    public OutputStream out() throws IOException {
      return socket.getOutputStream();
    }

    @Override
    public void readTimeout(Duration timeout) throws IOException {
      socket.setSoTimeout(Math.clamp(timeout.toMillis(), 1, Integer.MAX_VALUE));
    }

    @Override
    public WriteLimit writeLimit(Duration timeout) {
      return new WriteLimit(timeout, socket);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** A program on a pair of pipes; it may take its time. */
  record OverStreams(InputStream in, OutputStream out) implements Connection {
    @Override
    public void readTimeout(Duration timeout) {}

    @Override
    public WriteLimit writeLimit(Duration timeout) {
      return WriteLimit.none();
    }

    @Override
    public void close() throws IOException {
      out.flush();
    }
  }
}

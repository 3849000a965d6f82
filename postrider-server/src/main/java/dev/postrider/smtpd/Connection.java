package dev.postrider.smtpd;

import dev.postrider.io.WaitLimit;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/** The two directions to a client. Reading and writing are for one thread; closing is for any. */
interface Connection extends Closeable {
  InputStream in() throws IOException;

  OutputStream out() throws IOException;

  /**
   * A limit for reads: a client that says nothing for too long is no longer listened to, but can be
   * told so. Null if a client may take its time.
   */
  @Nullable WaitLimit readLimit();

  /** A limit for writes: the connection to a client that does not read is closed. Null as above. */
  @Nullable WaitLimit writeLimit();

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
    public WaitLimit readLimit() {
      return new WaitLimit(socket::shutdownInput);
    }

    @Override
    public WaitLimit writeLimit() {
      return new WaitLimit(socket);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** A program on a pair of pipes; it may take its time. */
  record OverStreams(InputStream in, OutputStream out) implements Connection {
    @Override
    public @Nullable WaitLimit readLimit() {
      return null;
    }

    @Override
    public @Nullable WaitLimit writeLimit() {
      return null;
    }

    @Override
    public void close() throws IOException {
      out.flush();
    }
  }
}

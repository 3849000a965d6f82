package dev.postrider.smtp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** Makes connections to servers. Functions only. */
final class Dialing {
  private Dialing() {}

  /** Connects, from the address that main.cf wants. */
  static Socket connect(ClientSettings settings, Target target) throws IOException {
    return switch (target) {
      case Target.LocalSocket(_, _, var path) -> UnixSocket.connect(path);
      case Target.Host host -> {
        Socket socket = new Socket();
        try {
          bind(settings, socket, host.address());
          socket.setTcpNoDelay(true);
          socket.connect(host.place(), settings.connectTimeout);
        } catch (IOException e) {
          closeQuietly(socket);
          throw e;
        }
        yield socket;
      }
    };
  }

  private static void bind(ClientSettings settings, Socket socket, InetAddress peer)
      throws IOException {
    boolean ipv4 = peer.getAddress().length == 4;
    String text = ipv4 ? settings.bindAddress : settings.bindAddress6;
    if (!text.isEmpty()) {
      try {
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(text), 0));
      } catch (IllegalArgumentException e) {
        throw new IOException(
            settings.dialect.parameter(ipv4 ? "smtp_bind_address" : "smtp_bind_address6")
                + ": not an address: "
                + text,
            e);
      }
    }
  }

  /** The system's words for it, as Postfix logs them. */
  static String reason(IOException e) {
    if (e instanceof SocketTimeoutException) {
      return "Connection timed out";
    }
    String message = String.valueOf(e.getMessage());
    int end = message.indexOf(" (");
    return end > 0 ? message.substring(0, end) : message;
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // It never was connected.
    }
  }
}

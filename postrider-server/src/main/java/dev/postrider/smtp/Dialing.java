package dev.postrider.smtp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** Makes connections to servers. Functions only. */
final class Dialing {
  private Dialing() {}

  /** The address that main.cf wants is not to be had, and no other one will do. */
  static final class NoSourceAddressException extends IOException {
    private static final long serialVersionUID = 1;

    NoSourceAddressException(String message, IOException cause) {
      super(message, cause);
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }

  /** Connects, from the address that main.cf wants. */
  static Socket connect(ClientContext context, Target target) throws IOException {
    ClientSettings settings = context.settings();
    return switch (target) {
      case Target.LocalSocket(_, _, var path) -> UnixSocket.connect(path);
      case Target.Host host -> {
        Socket socket = bound(context, host.address());
        try {
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

  private static Socket bound(ClientContext context, InetAddress peer) throws IOException {
    ClientSettings settings = context.settings();
    Socket socket = new Socket();
    boolean ipv4 = peer.getAddress().length == 4;
    String text = ipv4 ? settings.bindAddress : settings.bindAddress6;
    if (text.isEmpty()) {
      return socket;
    }
    String parameter =
        settings.dialect.parameter(ipv4 ? "smtp_bind_address" : "smtp_bind_address6");
    InetAddress own;
    try {
      own = InetAddress.ofLiteral(bare(text));
    } catch (IllegalArgumentException e) {
      closeQuietly(socket);
      throw new IOException(parameter + ": not an address: " + text, e);
    }
    try {
      socket.bind(new InetSocketAddress(own, 0));
      return socket;
    } catch (IOException e) {
      closeQuietly(socket);
      String why = parameter + ": bind " + text + ": " + reason(e);
      context.warning(why);
      if (settings.enforcesBindAddress) {
        throw new NoSourceAddressException("server configuration error: " + why, e);
      }
      // As Postfix: a machine whose address has changed still sends its mail.
      return new Socket();
    }
  }

  private static String bare(String text) {
    return text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
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

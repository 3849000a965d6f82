package dev.postrider.table;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/**
 * Hands the JDK's LDAP client the sockets that one table wants. The client knows a factory by the
 * name of its class only and makes it in the thread that connects: that is where the table says
 * which. Public for that client. Stateless.
 */
public final class LdapSocketFactory extends SocketFactory {
  /** The sockets of the connection that this thread opens. */
  static final ScopedValue<SocketFactory> SOCKETS = ScopedValue.newInstance();

  private LdapSocketFactory() {}

  /** What the LDAP client calls. */
  public static SocketFactory getDefault() {
    return SOCKETS.isBound() ? SOCKETS.get() : new LdapSocketFactory();
  }

  private static SocketFactory plain() {
    return SocketFactory.getDefault();
  }

  @Override
  public Socket createSocket() throws IOException {
    return plain().createSocket();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return plain().createSocket(host, port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return plain().createSocket(host, port, local, localPort);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return plain().createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return plain().createSocket(host, port, local, localPort);
  }
}

package dev.postrider.smtpd;

import dev.postrider.mail.address.AddressLiteral;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * A socket that clients can connect to: bound here, or by a service manager before this process
 * was.
 *
 * @param address where it listens; a channel that was made of another's descriptor does not know
 */
public record ListeningSocket(ServerSocketChannel channel, InetSocketAddress address) {
  private static final int BACKLOG = 1024;

  /**
   * Binds a socket to each address; if one cannot be bound none is left open.
   *
   * @throws IOException naming the address and the reason
   */
  public static List<ListeningSocket> bind(List<InetSocketAddress> addresses) throws IOException {
    List<ListeningSocket> bound = new ArrayList<>();
    for (InetSocketAddress address : addresses) {
      try {
        ServerSocketChannel channel = open(address.getAddress());
        bound.add(new ListeningSocket(channel, address));
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        channel.bind(address, BACKLOG);
        if (channel.getLocalAddress() instanceof InetSocketAddress exact) {
          // With port 0 the kernel has chosen.
          bound.set(bound.size() - 1, new ListeningSocket(channel, exact));
        }
      } catch (IOException e) {
        for (ListeningSocket open : bound) {
          open.channel.close();
        }
        throw new IOException("bind " + print(address) + ": " + e.getMessage(), e);
      }
    }
    return bound;
  }

  @Override
  public String toString() {
    return print(address);
  }

  private static String print(InetSocketAddress address) {
    return AddressLiteral.print(address.getAddress()) + " port " + address.getPort();
  }

  /** A socket of the address's own family: one of Java's choice takes 0.0.0.0 for {@code ::}. */
  private static ServerSocketChannel open(InetAddress address) throws IOException {
    try {
      return ServerSocketChannel.open(
          address instanceof Inet6Address
              ? StandardProtocolFamily.INET6
              : StandardProtocolFamily.INET);
    } catch (UnsupportedOperationException e) {
      throw new IOException("this machine has no IPv6", e);
    }
  }
}

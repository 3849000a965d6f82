package dev.postrider.smtp;

import dev.postrider.mail.address.AddressLiteral;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/** One place to connect to. Immutable. */
sealed interface Target {
  /**
   * One address of one server.
   *
   * @param site what it was found for
   * @param host the server's name, or its address if it has no name here
   * @param address where it is
   * @param preference of its MX record; 0 without one
   * @param bestMx whether no other server of the site is preferred
   * @param vouched what of the way to it is signed
   */
  record Host(
      Site site, String host, InetAddress address, int preference, boolean bestMx, Vouched vouched)
      implements Target {
    Host asBestMx(boolean best) {
      return new Host(site, host, address, preference, best, vouched);
    }

    @Override
    public SocketAddress place() {
      return new InetSocketAddress(address, site.port());
    }

    @Override
    public String label() {
      return host + "[" + numeric() + "]";
    }

    @Override
    public String numeric() {
      return AddressLiteral.print(address);
    }

    @Override
    public String labelWithPort() {
      return label() + ":" + site.port();
    }
  }

  /**
   * A Unix socket of this machine.
   *
   * @param site whose text is the path as configured
   * @param host this machine's name, by which reports name the server
   * @param path absolute
   */
  record LocalSocket(Site site, String host, Path path) implements Target {
    @Override
    public boolean bestMx() {
      return true;
    }

    @Override
    public SocketAddress place() {
      return UnixDomainSocketAddress.of(path);
    }

    @Override
    public String label() {
      return host + "[" + site.written() + "]";
    }

    @Override
    public String numeric() {
      return site.written();
    }

    @Override
    public String labelWithPort() {
      return label();
    }
  }

  /** The next hop it is a server of. */
  Site site();

  /** The server's name. */
  String host();

  /** Whether no other server of the site is preferred. */
  boolean bestMx();

  /** Where to connect to; what leads to the same place is the same server. */
  SocketAddress place();

  /** The address, or a Unix socket's path: what tables about single servers are asked for. */
  String numeric();

  /** {@code host[address]}, as texts name a server. */
  String label();

  /** {@code host[address]:port}, as the log names a relay; a Unix socket has no port. */
  String labelWithPort();
}

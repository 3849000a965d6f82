package dev.postrider.smtp;

import dev.postrider.mail.address.AddressLiteral;
import java.net.InetAddress;

/**
 * One address of one server to try. Immutable.
 *
 * @param site what it was found for
 * @param host the server's name, or its address if it has no name here
 * @param address where it is
 * @param preference of its MX record; 0 without one
 * @param bestMx whether no other server of the site is preferred
 */
record Target(Site site, String host, InetAddress address, int preference, boolean bestMx) {
  /** {@code host[address]}, as texts name a server. */
  String label() {
    return host + "[" + AddressLiteral.print(address) + "]";
  }

  /** {@code host[address]:port}, as the log names a relay. */
  String labelWithPort() {
    return label() + ":" + site.port();
  }
}

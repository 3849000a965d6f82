package dev.postrider.doctor;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Which programs listen on this machine. Connects to none. */
@FunctionalInterface
public interface PortOwners {
  /**
   * Who listens at an address, or at all addresses with that port.
   *
   * @return a name for people; empty if nobody does, or it cannot be seen
   */
  Optional<String> of(InetSocketAddress address) throws IOException;
}

package dev.postrider.local;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.route.Route;

/** Says where an address goes that an alias or a list names. Safe on any thread. */
@FunctionalInterface
public interface Destinations {
  /**
   * Finds the next hop.
   *
   * @param recipient with its domain
   */
  Route route(ReversePath sender, Mailbox recipient);
}

package dev.postrider.route;

import dev.postrider.delivery.NextHop;

/**
 * A transport setting such as {@code smtp} or {@code local:$myhostname}: name and next hop.
 * Immutable.
 */
record Target(String transport, String destination) {
  static Target parse(String text) {
    int colon = text.indexOf(':');
    return colon < 0
        ? new Target(text.strip(), "")
        : new Target(text.substring(0, colon).strip(), text.substring(colon + 1).strip());
  }

  /** The next hop, which is the other where the setting has none. */
  NextHop nextHop(String otherwise) {
    if (transport.equals("error") && destination.isEmpty()) {
      return new NextHop(transport, "Address is undeliverable");
    }
    return new NextHop(transport, destination.isEmpty() ? otherwise : destination);
  }
}

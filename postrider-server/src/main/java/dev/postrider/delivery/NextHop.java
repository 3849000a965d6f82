package dev.postrider.delivery;

/**
 * Where a transport delivers to, as routing found it: the key by which the queue groups and limits.
 *
 * @param transport service name in master.cf: smtp, relay, local, …
 * @param destination what follows the colon: a domain, {@code [host]:port}, a user for local
 */
public record NextHop(String transport, String destination) {
  @Override
  public String toString() {
    return transport + ":" + destination;
  }
}

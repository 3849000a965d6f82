package dev.postrider.smtpd;

import dev.postrider.mail.address.Domain;
import dev.postrider.policy.ClientFacts;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Finds the verified name of a client: the name of its address that leads back to the address. */
@FunctionalInterface
public interface ClientNames {
  /** The name, or {@code unknown}; takes a bounded time and never throws. */
  String nameOf(InetAddress address);

  /** {@code localhost} for this machine, {@code unknown} for all others: asks nobody. */
  static ClientNames withoutLookup() {
    return address -> address.isLoopbackAddress() ? "localhost" : ClientFacts.UNKNOWN;
  }

  /**
   * Asks the system's resolver about all but this machine.
   *
   * @param limit how long a client may be kept waiting for its name
   */
  static ClientNames ofSystem(Duration limit) {
    return address -> {
      if (address.isLoopbackAddress()) {
        return "localhost";
      }
      CompletableFuture<String> name = new CompletableFuture<>();
      Thread.ofVirtual().name("client-name").start(() -> name.complete(verifiedName(address)));
      try {
        return name.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException | ExecutionException e) {
        return ClientFacts.UNKNOWN;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return ClientFacts.UNKNOWN;
      }
    };
  }

  private static String verifiedName(InetAddress address) {
    String name = address.getCanonicalHostName();
    if (name.equals(address.getHostAddress()) || Domain.parse(name).isEmpty()) {
      return ClientFacts.UNKNOWN;
    }
    try {
      for (InetAddress candidate : InetAddress.getAllByName(name)) {
        if (candidate.equals(address)) {
          return name;
        }
      }
      return ClientFacts.UNKNOWN;
    } catch (UnknownHostException e) {
      return ClientFacts.UNKNOWN;
    }
  }
}

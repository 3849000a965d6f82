package dev.postrider.smtpd;

import dev.postrider.mail.address.Domain;
import dev.postrider.policy.ClientFacts;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Finds the verified name of a client: the name of its address that leads back to the address. */
@FunctionalInterface
public interface ClientNames {
  /** Lookups at once; each costs a thread of the platform. */
  int MOST_LOOKUPS = 64;

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
    return asking(ClientNames::verifiedName, limit, MOST_LOOKUPS);
  }

  /**
   * Asks a resolver that may take long, on threads of the platform: the system's resolver holds the
   * thread that calls it, and a virtual one would hold a carrier that all of this process needs.
   *
   * @param most lookups at once; whoever comes while so many run has no name
   */
  static ClientNames asking(Function<InetAddress, String> resolver, Duration limit, int most) {
    return asking(
        resolver,
        limit,
        most,
        lookup -> Thread.ofPlatform().daemon().name("client-name").start(lookup));
  }

  /**
   * The same.
   *
   * @param threads gives each lookup one
   */
  static ClientNames asking(
      Function<InetAddress, String> resolver, Duration limit, int most, Executor threads) {
    Semaphore free = new Semaphore(most);
    return address -> {
      if (address.isLoopbackAddress()) {
        return "localhost";
      }
      if (!free.tryAcquire()) {
        return ClientFacts.UNKNOWN;
      }
      CompletableFuture<String> name;
      try {
        name =
            CompletableFuture.supplyAsync(
                () -> {
                  try {
                    return resolver.apply(address);
                  } finally {
                    free.release();
                  }
                },
                threads);
      } catch (OutOfMemoryError e) {
        // There is no thread to be had: a client without a name is better than none.
        free.release();
        return ClientFacts.UNKNOWN;
      }
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

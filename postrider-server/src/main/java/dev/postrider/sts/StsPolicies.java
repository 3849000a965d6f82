package dev.postrider.sts;

import dev.postrider.dns.DnsAnswer;
import dev.postrider.dns.Resolver;
import dev.postrider.tls.TrustAnchors;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The policies of domains: from memory, from disk, or fetched when the TXT record names another
 * than is kept. Safe on any thread; may block for a minute while one is fetched, but not others.
 */
public final class StsPolicies {
  /** How long nothing is asked again, be it a policy or the want of one. */
  private static final Duration RESPITE = Duration.ofMinutes(5);

  /** A policy is fetched again after this, so that it does not run out (RFC 8461 §3.3). */
  private static final Duration REFRESH = Duration.ofDays(1);

  private static final int MAX_KNOWN = 10_000;
  private static final int TURNS = 64;

  private final Resolver resolver;
  private final StsFetcher fetcher;
  private final StsCache cache;
  private final InstantSource clock;
  private final Reports reports;
  private final Map<String, Known> known = new HashMap<>();
  private final Object[] turns = new Object[TURNS];

  /** Where what happens is told. */
  public record Reports(Consumer<String> info, Consumer<String> warn) {}

  private record Known(StsCache.@Nullable Kept kept, Instant asked) {}

  /**
   * @param dataDirectory of the mail system, below which policies are kept
   * @param anchors whose certificates are good for a server of policies
   */
  public StsPolicies(
      Resolver resolver,
      TrustAnchors anchors,
      Path dataDirectory,
      InstantSource clock,
      Reports reports) {
    this(resolver, new StsFetcher(resolver, anchors), dataDirectory, clock, reports);
  }

  StsPolicies(
      Resolver resolver,
      StsFetcher fetcher,
      Path dataDirectory,
      InstantSource clock,
      Reports reports) {
    this.resolver = resolver;
    this.fetcher = fetcher;
    this.cache = new StsCache(dataDirectory, reports.warn);
    this.clock = clock;
    this.reports = reports;
    for (int i = 0; i < turns.length; i++) {
      turns[i] = new Object();
    }
  }

  /**
   * The policy that counts for mail to a domain now; empty if there is none.
   *
   * @param domain in ASCII
   */
  public Optional<StsPolicy> find(String domain) {
    String name = domain.toLowerCase(Locale.ROOT);
    if (!name.matches("[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?") || name.contains("..")) {
      return Optional.empty();
    }
    // One at a time for each domain: a mailing must not fetch a policy a hundred times.
    synchronized (turns[Math.floorMod(name.hashCode(), TURNS)]) {
      Instant now = clock.instant();
      Known before = known(name, now);
      Known after = before;
      if (before.asked.plus(RESPITE).isBefore(now)) {
        after = new Known(ask(name, before.kept, now), now);
        remember(name, after);
      }
      StsCache.Kept kept = after.kept;
      return kept == null || kept.policy().mode() == StsPolicy.Mode.NONE || !kept.isFresh(now)
          ? Optional.empty()
          : Optional.of(kept.policy());
    }
  }

  private Known known(String domain, Instant now) {
    synchronized (known) {
      Known found = known.get(domain);
      if (found != null) {
        return found;
      }
    }
    return new Known(
        cache.read(domain).filter(kept -> kept.isFresh(now)).orElse(null), Instant.EPOCH);
  }

  private void remember(String domain, Known now) {
    synchronized (known) {
      if (known.size() >= MAX_KNOWN) {
        known.clear();
      }
      known.put(domain, now);
    }
  }

  /** What counts now, given what is kept: the DNS can replace that, but not take it away (§5.1). */
  private StsCache.@Nullable Kept ask(String domain, StsCache.@Nullable Kept kept, Instant now) {
    Optional<String> id =
        resolver.texts("_mta-sts." + domain) instanceof DnsAnswer.Found<String> found
            ? StsRecord.id(found.records())
            : Optional.empty();
    if (id.isEmpty()
        || (kept != null
            && kept.isFresh(now)
            && kept.id().equals(id.get())
            && now.isBefore(kept.fetched().plus(REFRESH)))) {
      return kept;
    }
    try {
      StsPolicy policy = StsPolicy.parse(fetcher.fetch(domain));
      StsCache.Kept fetched = new StsCache.Kept(id.get(), now, policy);
      cache.write(domain, fetched);
      reports.info.accept(
          "MTA-STS policy of "
              + domain
              + ": "
              + policy.mode().name().toLowerCase(Locale.ROOT)
              + ", mx "
              + String.join(" ", policy.mx()));
      return fetched;
    } catch (IOException | StsPolicy.BadPolicyException e) {
      reports.warn.accept(
          "MTA-STS policy of "
              + domain
              + " cannot be fetched: "
              + e.getMessage()
              + (kept == null || !kept.isFresh(now) ? "" : "; the one that is kept counts"));
      return kept;
    }
  }
}

package dev.postrider.account;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How much accounts with limits have sent, so that they keep within these. What would be too much
 * waits, and is told when its turn is. Kept in {@code data_directory/account-use}; safe on any
 * thread.
 */
public final class AccountUse {
  /** At least this is waited, so that a moment that has come is not missed by a hair. */
  private static final Duration LEAST = Duration.ofMillis(10);

  /** Beyond so many messages an estimate is made from the pace of those before. */
  private static final int MOST_STEPS = 20_000;

  /** Whether something may be sent. */
  public sealed interface Answer {}

  /**
   * Yes; whoever is told so says {@link #ended}.
   *
   * @param recipients how many at most
   */
  public record Granted(int recipients) implements Answer {}

  /**
   * Not yet.
   *
   * @param limit that is reached
   * @param pause until there may be room
   */
  public record Wait(Limit limit, Duration pause) implements Answer {}

  /**
   * What an account sent.
   *
   * @param recipients of those messages
   */
  public record Count(long messages, long recipients) {}

  private final InstantSource clock;
  private final @Nullable UseFile file;
  private final Map<AccountName, Tally> tallies = new HashMap<>();

  private AccountUse(InstantSource clock, @Nullable UseFile file) {
    this.clock = clock;
    this.file = file;
  }

  /** Forgets everything at its end. */
  static AccountUse inMemory(InstantSource clock) {
    return new AccountUse(clock, null);
  }

  /**
   * Reads what is known, and keeps what comes.
   *
   * @param warnings hears of a file that cannot be read or written
   */
  static AccountUse open(Path dataDirectory, InstantSource clock, Consumer<String> warnings) {
    UseFile file = new UseFile(dataDirectory, warnings);
    AccountUse use = new AccountUse(clock, file);
    file.read(clock.instant(), use::add);
    return use;
  }

  /** The same for who only looks: nothing that comes of it is kept. */
  static AccountUse look(Path dataDirectory, InstantSource clock, Consumer<String> warnings) {
    AccountUse use = new AccountUse(clock, null);
    new UseFile(dataDirectory, warnings).read(clock.instant(), use::add);
    return use;
  }

  private void add(AccountName name, Sent one) {
    tally(name).add(one);
  }

  private Tally tally(AccountName name) {
    return tallies.computeIfAbsent(name, _ -> new Tally());
  }

  /**
   * Asks to send a message.
   *
   * @param message its queue id, by which it is known when it comes again
   * @param recipients how many it has, at least 1
   */
  public synchronized Answer ask(
      AccountName name, AccountLimits limits, String message, int recipients) {
    Instant now = clock.instant();
    Tally tally = tally(name);
    tally.under(limits);
    tally.forget(now);
    int most = limits.mostRecipients(recipients);
    Instant promised = tally.promised(message, now);
    Tally.Turn turn = tally.turn(limits, message, most, now);
    Limit limit = turn.limit();
    if (limit == null) {
      tally.keptPromise(message);
      tally.begin(most);
      return new Granted(most);
    }
    if (promised == null) {
      promised = turn.time();
      tally.promise(message, most, promised, now);
    }
    Duration pause = Duration.between(now, promised);
    return new Wait(limit, pause.compareTo(LEAST) < 0 ? LEAST : pause);
  }

  /**
   * What was granted is over.
   *
   * @param granted recipients
   * @param taken recipients whom the server took the message for
   */
  public void ended(AccountName name, int granted, int taken) {
    Sent one = new Sent(clock.instant(), 1, taken);
    synchronized (this) {
      Tally tally = tally(name);
      tally.end(granted);
      if (taken > 0) {
        tally.add(one);
        if (file != null) {
          file.append(name, one, this::all);
        }
      }
    }
  }

  /** All that is known, for a new file. */
  private Map<AccountName, List<Sent>> all() {
    Map<AccountName, List<Sent>> all = new HashMap<>();
    tallies.forEach((name, tally) -> all.put(name, tally.sent()));
    return all;
  }

  /** What an account has sent in a stretch of time that ends now. */
  public synchronized Count within(AccountName name, Duration span) {
    Sent all = tally(name).since(clock.instant().minus(span));
    return new Count(all.messages(), all.recipients());
  }

  /**
   * When so much more will have been sent, if the limits are all that holds it up.
   *
   * @param from when it begins
   * @param waiting messages, and their recipients in all
   */
  public synchronized Instant drained(
      AccountName name, AccountLimits limits, Instant from, Count waiting) {
    List<Sent> all = new ArrayList<>(tally(name).sent());
    int each =
        limits.mostRecipients(
            Math.clamp(waiting.recipients() / Math.max(1, waiting.messages()), 1, 1_000_000));
    Instant now = from;
    long steps = Math.min(waiting.messages(), MOST_STEPS);
    for (long i = 0; i < steps; i++) {
      Instant latest = now;
      for (Limit limit : limits.all()) {
        Instant free = Tally.free(limit, all, each, now);
        latest = free.isAfter(latest) ? free : latest;
      }
      now = latest;
      all.add(new Sent(now, 1, each));
    }
    return steps == waiting.messages()
        ? now
        : now.plus(
            Duration.between(from, now).multipliedBy(waiting.messages() - steps).dividedBy(steps));
  }
}

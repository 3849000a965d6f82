package dev.postrider.account;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one account sent, is sending, and is going to send: messages that wait for their turn have a
 * moment promised, each its own, so that they need not all ask again and again. For one thread.
 */
final class Tally {
  /** Who would have to wait longer gets no promise, and asks again when there may be room. */
  private static final Duration HORIZON = Duration.ofHours(1);

  /** What does not come for so long was deleted, or went another way. */
  private static final Duration BROKEN = Duration.ofMinutes(10);

  private static final int MOST_PROMISES = 10_000;
  private static final Duration KEPT = Duration.ofDays(1);

  private record Promise(Instant time, int recipients) {}

  private final ArrayDeque<Sent> sent = new ArrayDeque<>();
  private final Map<String, Promise> promises = new LinkedHashMap<>();
  private @Nullable AccountLimits limits;
  private long busyMessages;
  private long busyRecipients;

  /** The earliest moment for a message, and the limit that says so. */
  record Turn(Instant time, @Nullable Limit limit) {}

  void add(Sent one) {
    sent.addLast(one);
  }

  void begin(int recipients) {
    busyMessages++;
    busyRecipients += recipients;
  }

  void end(int recipients) {
    busyMessages--;
    busyRecipients -= recipients;
  }

  /** Takes the limits that count from now on; promises under others count no more. */
  void under(AccountLimits now) {
    if (!now.equals(limits)) {
      limits = now;
      promises.clear();
    }
  }

  /** Forgets what no limit looks back to. */
  void forget(Instant now) {
    AccountLimits known = limits;
    Duration kept = known == null || known.longest().compareTo(KEPT) < 0 ? KEPT : known.longest();
    while (!sent.isEmpty() && !sent.getFirst().time().plus(kept).isAfter(now)) {
      sent.removeFirst();
    }
    promises.values().removeIf(each -> each.time().plus(BROKEN).isBefore(now));
  }

  /** Whether a message waits for a moment that has not come yet, and when that is. */
  @Nullable Instant promised(String message, Instant now) {
    Promise promise = promises.get(message);
    return promise == null || !promise.time().isAfter(now) ? null : promise.time();
  }

  /**
   * When a message may go, behind all that came before it.
   *
   * @param message its name; its own promise counts for it and not against it
   */
  Turn turn(AccountLimits by, String message, int recipients, Instant now) {
    List<Sent> before = before(promises.get(message), message, now);
    Turn latest = new Turn(now, null);
    for (Limit each : by.all()) {
      Instant time = free(each, before, recipients, now);
      if (time.isAfter(latest.time())) {
        latest = new Turn(time, each);
      }
    }
    return latest;
  }

  /** What counts against a message, in the order of time. */
  private List<Sent> before(@Nullable Promise own, String message, Instant now) {
    List<Sent> all = new ArrayList<>(sent);
    if (busyMessages > 0) {
      all.add(new Sent(now, busyMessages, busyRecipients));
    }
    int certain = all.size();
    promises.forEach((other, promise) -> {
      if (!other.equals(message) && (own == null || !promise.time().isAfter(own.time()))) {
        all.add(new Sent(promise.time(), 1, promise.recipients()));
      }
    });
    if (all.size() > certain) {
      all.sort(Comparator.comparing(Sent::time));
    }
    return all;
  }

  /** The end of the stretch that the newest of those in the way is in. */
  static Instant free(Limit limit, List<Sent> before, int recipients, Instant now) {
    long room = limit.most() - limit.of(1, recipients);
    for (Sent each : before.reversed()) {
      room -= limit.of(each.messages(), each.recipients());
      if (room < 0) {
        Instant end = each.time().plus(limit.span());
        return end.isAfter(now) ? end.plus(limit.slack()) : now;
      }
    }
    return now;
  }

  /** Notes when a message comes back, if that is soon. */
  void promise(String message, int recipients, Instant time, Instant now) {
    promises.remove(message);
    if (!time.isAfter(now.plus(HORIZON)) && promises.size() < MOST_PROMISES) {
      promises.put(message, new Promise(time, recipients));
    }
  }

  void keptPromise(String message) {
    promises.remove(message);
  }

  /** What was sent since a moment. */
  Sent since(Instant from) {
    long messages = 0;
    long recipients = 0;
    for (Iterator<Sent> newest = sent.descendingIterator(); newest.hasNext(); ) {
      Sent each = newest.next();
      if (!each.time().isAfter(from)) {
        break;
      }
      messages += each.messages();
      recipients += each.recipients();
    }
    return new Sent(from, messages, recipients);
  }

  List<Sent> sent() {
    return List.copyOf(sent);
  }
}

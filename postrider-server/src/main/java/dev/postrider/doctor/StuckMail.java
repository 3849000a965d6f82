package dev.postrider.doctor;

import dev.postrider.control.QueueEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * What waits in a queue, and why: recipients grouped by the reason of their last delay. A reason
 * that names the recipient is one reason all the same. For one thread.
 */
public final class StuckMail {
  private static final int MOST_GROUPS = 1000;
  private static final int MOST_NAMED = 3;
  private static final String OTHERS = "(other reasons)";

  /**
   * Recipients who wait for the same reason. Immutable.
   *
   * @param reason as the server or the mail system gave it
   * @param recipients how many
   * @param domains theirs, the first three by name
   * @param moreDomains whether there are others
   * @param since when the oldest of the messages came
   * @param sender of one of them
   * @param recipient of the same
   * @param size of it, in bytes
   */
  public record Group(
      String reason,
      long recipients,
      List<String> domains,
      boolean moreDomains,
      Instant since,
      String sender,
      String recipient,
      long size) {
    public Group {
      domains = List.copyOf(domains);
    }
  }

  private static final class Gathering {
    final String reason;
    final TreeSet<String> domains = new TreeSet<>();
    final QueueEntry first;
    final String recipient;
    long recipients;
    boolean more;

    Gathering(String reason, QueueEntry first, String recipient) {
      this.reason = reason;
      this.first = first;
      this.recipient = recipient;
    }
  }

  private final Map<String, Gathering> groups = new HashMap<>();
  private final Map<String, Gathering> onHold = new HashMap<>();
  private long messages;
  private long bytes;
  private long deferred;
  private long held;
  private long maildrop;
  private Instant oldest = Instant.MAX;

  /** Counts a message; they come oldest first. */
  public void add(QueueEntry entry) {
    messages++;
    bytes += entry.size();
    switch (entry.queue()) {
      case "hold" -> held++;
      case "maildrop" -> maildrop++;
      case "deferred" -> deferred++;
      default -> {}
    }
    boolean isDeferred = entry.queue().equals("deferred");
    if (!isDeferred && !entry.queue().equals("hold")) {
      return;
    }
    if (isDeferred && entry.arrival().isBefore(oldest)) {
      oldest = entry.arrival();
    }
    for (QueueEntry.Waiting waiting : entry.recipients()) {
      if (!waiting.reason().isEmpty()) {
        add(waiting, entry, isDeferred ? groups : onHold);
      }
    }
  }

  private static void add(
      QueueEntry.Waiting waiting, QueueEntry entry, Map<String, Gathering> groups) {
    String key = waiting.reason().replaceAll("<[^>]*>", "<>");
    if (groups.size() >= MOST_GROUPS && !groups.containsKey(key)) {
      key = OTHERS;
    }
    String reason = key.equals(OTHERS) ? OTHERS : waiting.reason();
    Gathering group =
        groups.computeIfAbsent(key, _ -> new Gathering(reason, entry, waiting.address()));
    group.recipients++;
    String address = waiting.address();
    group.domains.add(address.substring(address.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT));
    if (group.domains.size() > MOST_NAMED) {
      group.domains.pollLast();
      group.more = true;
    }
  }

  /** The groups whose oldest message waits longest. */
  public List<Group> oldestFirst(int most) {
    return oldestFirst(groups, most);
  }

  /** The same of those that are on hold because of a reason. */
  public List<Group> heldOldestFirst(int most) {
    return oldestFirst(onHold, most);
  }

  private static List<Group> oldestFirst(Map<String, Gathering> groups, int most) {
    List<Group> sorted = new ArrayList<>();
    for (Gathering each : groups.values()) {
      sorted.add(
          new Group(
              each.reason,
              each.recipients,
              List.copyOf(each.domains),
              each.more,
              each.first.arrival(),
              each.first.sender(),
              each.recipient,
              each.first.size()));
    }
    sorted.sort(Comparator.comparing(Group::since).thenComparing(Group::reason));
    return List.copyOf(sorted.subList(0, Math.min(most, sorted.size())));
  }

  /** How many groups there are. */
  public int groups() {
    return groups.size();
  }

  /** All messages of the queue. */
  public long messages() {
    return messages;
  }

  /** The bytes of their contents. */
  public long bytes() {
    return bytes;
  }

  /** Messages that were tried and wait. */
  public long deferred() {
    return deferred;
  }

  /** Messages on hold. */
  public long held() {
    return held;
  }

  /** Messages that were handed over and not taken yet. */
  public long maildrop() {
    return maildrop;
  }

  /** When the oldest deferred message came; {@link Instant#MAX} if there is none. */
  public Instant oldest() {
    return oldest;
  }
}

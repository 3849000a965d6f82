package dev.postrider.queue;

import dev.postrider.mail.address.ReversePath;
import java.util.ArrayDeque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one sender has waiting at one destination. Flows take turns, so that a mailing does not
 * delay what others send there. Guarded by the scheduler's lock.
 *
 * <p>Within a flow three kinds of message take turns: the oldest, the newest if the line is long,
 * and those of which a part is under way. The newest is there because the program that sends the
 * newsletter often sends the password reset as well, from the same address.
 */
final class Flow {
  /** A line longer than this has the newest served beside the oldest. */
  private static final int LONG_LINE = 64;

  final Destination destination;
  final String name;

  /** Messages of the flow that are past the active set's gate but not read yet. */
  int coming;

  /** Whether a message of the flow was handed out since it came. */
  boolean served;

  /** Whether the flow stands in one of its destination's rings. */
  boolean inRing;

  /** Whether the flow stands among those that have messages outside the active set. */
  boolean inParkedRing;

  private final ArrayDeque<Share> untouched = new ArrayDeque<>(4);
  private final ArrayDeque<Share> begun = new ArrayDeque<>(1);
  private @Nullable WaitingIds parked;
  private Turn turn = Turn.OLDEST;
  private boolean newestParkedNext;

  private enum Turn {
    OLDEST,
    NEWEST,
    BEGUN;

    Turn next() {
      return switch (this) {
        case OLDEST -> NEWEST;
        case NEWEST -> BEGUN;
        case BEGUN -> OLDEST;
      };
    }
  }

  Flow(Destination destination, String name) {
    this.destination = destination;
    this.name = name;
  }

  /**
   * The name under which a sender's mail is one flow. Mailing programs give every message a sender
   * of its own ({@code news-4711@}, {@code bounce+you=example.org@}), so only the letters in front
   * count.
   */
  static String nameOf(ReversePath sender) {
    if (!(sender instanceof ReversePath.Sender(var mailbox))) {
      return "";
    }
    String local = mailbox.localPart();
    int end = 0;
    while (end < local.length() && isPartOfName(local.charAt(end))) {
      end++;
    }
    return (local.substring(0, end) + "@" + mailbox.domain()).toLowerCase(Locale.ROOT);
  }

  private static boolean isPartOfName(char character) {
    return character == '.' || Character.isLetter(character);
  }

  /** Takes a message into memory. */
  void add(Share share) {
    untouched.addLast(share);
  }

  /** Takes back a message of which a part was handed out. */
  void addBegun(Share share) {
    begun.addLast(share);
  }

  /** The next message in turn, or null if none is in memory. */
  @Nullable Share poll() {
    for (int i = 0; i < Turn.values().length; i++) {
      Share share =
          switch (turn) {
            case OLDEST -> untouched.pollFirst();
            case NEWEST -> untouched.size() > LONG_LINE ? untouched.pollLast() : null;
            case BEGUN -> begun.pollFirst();
          };
      turn = turn.next();
      if (share != null) {
        return share;
      }
    }
    return null;
  }

  /** Messages in memory. */
  int size() {
    return untouched.size() + begun.size();
  }

  /** Messages in memory and on their way to it. */
  int load() {
    return size() + coming;
  }

  /** Remembers the number of a message that gives its place in the active set up. */
  void park(Claim claim) {
    WaitingIds line = parked;
    if (line == null) {
      line = new WaitingIds();
      parked = line;
    }
    line.addLast(claim.id, claim.flushed);
  }

  boolean hasParked() {
    return parked != null;
  }

  /** Takes a message that waits outside: oldest and newest by turns. There must be one. */
  WaitingIds.Waiting unpark() {
    WaitingIds line = parked;
    if (line == null) {
      throw new IllegalStateException("nothing waits outside the active set");
    }
    newestParkedNext = !newestParkedNext;
    WaitingIds.Waiting found = newestParkedNext ? line.pollFirst() : line.pollLast();
    if (line.isEmpty()) {
      parked = null;
    }
    return found;
  }

  boolean isEmpty() {
    return size() == 0 && coming == 0 && parked == null;
  }
}

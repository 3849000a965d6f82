package dev.postrider.control;

import java.util.Locale;
import java.util.Optional;

/** What postsuper(1) does to messages, in the order of its totals. */
public enum QueueChange {
  /** Store it anew, under another id, as if it had just been handed over. */
  REQUEUE("Requeued", "requeued"),
  /** Forget it; nobody is told. */
  DELETE("Deleted", "removed"),
  /** Its next attempt is the last one. */
  EXPIRE("Force-expired", "expired"),
  /** No attempts until it is released. */
  HOLD("Placed on hold", "placed on hold"),
  /** Ends a hold. */
  RELEASE("Released from hold", "released from hold");

  private final String total;
  private final String done;

  QueueChange(String total, String done) {
    this.total = total;
    this.done = done;
  }

  /** Postfix's words before the number of messages. */
  public String total() {
    return total;
  }

  /** Postfix's words behind the id of one message. */
  public String done() {
    return done;
  }

  /** The word on the wire. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<QueueChange> of(String word) {
    for (QueueChange change : values()) {
      if (change.word().equals(word)) {
        return Optional.of(change);
      }
    }
    return Optional.empty();
  }
}

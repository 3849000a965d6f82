package dev.postrider.delivery;

/** What would become of mail, as far as that can be known without delivering it; the best first. */
public enum Outlook {
  /** Somebody takes it, or may: only a delivery shows. */
  DELIVERS,
  /** It waits in the queue. */
  WAITS,
  /** It goes back to the sender. */
  RETURNS;

  /** The worse of two. */
  public Outlook and(Outlook other) {
    return compareTo(other) >= 0 ? this : other;
  }

  /**
   * What a status code means for the mail.
   *
   * @param klass its first digit
   */
  public static Outlook ofClass(int klass) {
    return switch (klass) {
      case 5 -> RETURNS;
      case 4 -> WAITS;
      default -> DELIVERS;
    };
  }
}

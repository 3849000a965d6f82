package dev.postrider.table;

/**
 * Text that a matcher may look at for a limited time only: an expression that takes exponential
 * time must not hold up the mail. Reading past the deadline throws {@link Expired}. For one thread.
 */
final class BoundedText implements CharSequence {
  /** The time is up. */
  static final class Expired extends RuntimeException {
    @java.io.Serial private static final long serialVersionUID = 1L;

    Expired() {
      super("the regular expression took too long", null, false, false);
    }
  }

  private static final int LOOKS_BETWEEN_CLOCKS = 4096;

  private final String text;
  private final long deadline;
  private int looks;

  /**
   * @param deadline by {@link System#nanoTime}
   */
  BoundedText(String text, long deadline) {
    this.text = text;
    this.deadline = deadline;
  }

  @Override
  public char charAt(int index) {
    if (++looks == LOOKS_BETWEEN_CLOCKS) {
      looks = 0;
      if (System.nanoTime() - deadline > 0) {
        throw new Expired();
      }
    }
    return text.charAt(index);
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return text.substring(start, end);
  }

  @Override
  public String toString() {
    return text;
  }
}

package dev.postrider.sieve;

/**
 * How much a script may still compare. A script is anybody's, and so is the message: together they
 * must not hold a delivery up. For one evaluation on one thread.
 */
final class Work {
  /** Characters looked at: some tenths of a second. */
  private static final long MOST = 100_000_000;

  private long left = MOST;

  /** It has compared too much. */
  static final class Exhausted extends Exception {
    private static final long serialVersionUID = 1L;

    Exhausted() {
      super("its tests compare too much; use fewer * in patterns, and fewer keys");
    }
  }

  /** So many characters are looked at. */
  void add(long characters) throws Exhausted {
    left -= characters;
    if (left < 0) {
      throw new Exhausted();
    }
  }
}

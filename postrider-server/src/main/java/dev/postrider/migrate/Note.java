package dev.postrider.migrate;

/**
 * What became of one thing that a foreign configuration says. Immutable.
 *
 * @param kind whether it is carried over
 * @param place where it stands
 * @param said what stands there; never with a password in it
 * @param meaning what it is here, or why it is not and what to do
 */
public record Note(Kind kind, Place place, String said, String meaning) {
  /** Whether something is carried over. */
  public enum Kind {
    /** It means the same here, by the settings named or by default. */
    UNDERSTOOD,
    /** It is carried over, but something is not as before. */
    DIFFERS,
    /** It is not carried over. */
    IMPOSSIBLE,
    /** Nobody knows what it is. */
    UNKNOWN
  }
}

package dev.postrider.config;

import java.util.List;

/**
 * One parameter of main.cf. Immutable.
 *
 * @param name as in main.cf
 * @param type how its value is read
 * @param defaultValue unexpanded; empty for the few that are computed (see {@link Identity})
 * @param unit for {@link Type#TIME} the unit of a bare number: s, m, h, d or w
 * @param minimum the least value of a number, size or time (in seconds)
 * @param maximum the greatest, or 0 for none
 * @param words for {@link Type#WORDS} and {@link Type#ANY_WORDS} the words that are allowed
 * @param support whether this program does what it says
 * @param harmless values that may be ignored safely, for {@link Support#UNSAFE_TO_IGNORE}; for
 *     {@link Support#NOT_YET} those that say what happens anyway; for {@link Support#SUPPORTED} the
 *     only words that are acted on, or none if all are
 * @param derived whether the name was made from a service name of master.cf and a known ending
 */
public record Parameter(
    String name,
    Type type,
    String defaultValue,
    char unit,
    long minimum,
    long maximum,
    List<String> words,
    Support support,
    List<String> harmless,
    boolean derived) {
  /** How a value is read. */
  public enum Type {
    TEXT,
    /** Text with {@code $name} of another name space: expanded where it is used. */
    RAW,
    FLAG,
    NUMBER,
    SIZE,
    TIME,
    /** One of a few words. */
    WORDS,
    /** A list of any of a few words. */
    ANY_WORDS,
    /** An old name of another parameter, with no default of its own. */
    LEGACY,
    /** Computed; setting it does nothing. */
    READ_ONLY
  }

  /** Whether this program does what the parameter says. */
  public enum Support {
    SUPPORTED,
    NOT_YET,
    /** There is nothing here that it could regulate; its documentation says why. */
    MEANINGLESS,
    /** Known, not supported yet: mail that it concerns waits, and says so. */
    MAIL_WAITS,
    /** Not supported, and mail would be less safe than asked for if a setting were ignored. */
    UNSAFE_TO_IGNORE
  }

  public Parameter {
    words = List.copyOf(words);
    harmless = List.copyOf(harmless);
  }

  /** One sentence about what it does, in plain words; empty where there is none yet. */
  public String documentation() {
    return Documentation.of(name);
  }
}

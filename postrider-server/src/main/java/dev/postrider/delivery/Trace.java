package dev.postrider.delivery;

/** Hears each step of a decision about an address, for people who ask why. */
@FunctionalInterface
public interface Trace {
  /**
   * A step that had an effect.
   *
   * @param parameter the setting of main.cf that it is due to
   * @param subject what was looked at, mostly an address
   * @param result what it became
   * @param table {@code type:name} of the table that said so, or empty
   * @param key under which it stands there, or empty
   */
  record Step(String parameter, String subject, String result, String table, String key) {
    /** One that no table was needed for. */
    public Step(String parameter, String subject, String result) {
      this(parameter, subject, result, "", "");
    }
  }

  /** Nobody asks. */
  static Trace none() {
    return _ -> {};
  }

  /** Tells of a step. */
  void step(Step step);
}

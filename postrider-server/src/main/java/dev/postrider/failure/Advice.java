package dev.postrider.failure;

/**
 * A failure in plain words. Immutable.
 *
 * @param rule its id, as docs/failures.md has it
 * @param what happened, one sentence
 * @param who must act
 * @param remedy what to do, one or more sentences
 * @param treatment how the queue treats it
 */
public record Advice(String rule, String what, Actor who, String remedy, Treatment treatment) {
  /** All of it in a line. */
  public String sentence() {
    return what + " " + remedy;
  }
}

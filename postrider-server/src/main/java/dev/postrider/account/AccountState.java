package dev.postrider.account;

import java.time.Instant;

/**
 * An account that is not used at present. Immutable.
 *
 * @param name which
 * @param kind why it is not used
 * @param refusals how many logins were refused in a row
 * @param rule the id of the rule that knows the failure, or empty
 * @param reason what the server said, as the mail log has it
 * @param since when it began
 * @param until when one message is tried with it again
 */
public record AccountState(
    AccountName name,
    Kind kind,
    int refusals,
    String rule,
    String reason,
    Instant since,
    Instant until) {
  /** Why an account is not used. */
  public enum Kind {
    /** For a while: its quota is used up, or a login was refused the first times. */
    RESTS("rests"),
    /** Its login was refused too often. */
    HELD("is held"),
    /** Its tokens are of no use any more: a person must log in. */
    NEEDS_LOGIN("needs a login");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** Whether nothing but a person mends it. */
    public boolean wantsPerson() {
      return this != RESTS;
    }

    /** As a predicate. */
    public String words() {
      return words;
    }
  }
}

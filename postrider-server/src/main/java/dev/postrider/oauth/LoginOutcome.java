package dev.postrider.oauth;

/** What a login with a person came to. */
public sealed interface LoginOutcome {
  /** Leave was given, and is kept. */
  record LoggedIn(Grant grant) implements LoginOutcome {}

  /**
   * It was not.
   *
   * @param reason a sentence for the person
   */
  record Failed(String reason) implements LoginOutcome {}
}

package dev.postrider.oauth;

import dev.postrider.secret.Secret;

/** What there is to log in with. */
public sealed interface TokenAnswer {
  /** A token to try. */
  record Token(Secret token) implements TokenAnswer {}

  /**
   * A person must log in before anything works: mail waits, and no connection is worth making.
   *
   * @param reason with the remedy
   */
  record NeedsLogin(String account, String reason) implements TokenAnswer {}

  /** Not now: mail waits. */
  record Unavailable(String reason) implements TokenAnswer {}
}

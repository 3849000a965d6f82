package dev.postrider.oauth;

import dev.postrider.secret.Secret;
import java.util.Optional;

/** What a provider says to a question for tokens. */
sealed interface TokenReply {
  /**
   * Tokens.
   *
   * @param refresh a new one in place of the old, or none
   */
  record Granted(Grant.Access access, Optional<Secret> refresh) implements TokenReply {}

  /**
   * It said no.
   *
   * @param error the word of RFC 6749 §5.2 or RFC 8628 §3.5
   * @param description the provider's own sentence, cut and without secrets; may be empty
   */
  record Refused(String error, String description) implements TokenReply {
    String words() {
      return description.isEmpty() ? error : error + ": " + description;
    }
  }

  /** Nobody knows: ask again later. */
  record Unreachable(String reason) implements TokenReply {}
}

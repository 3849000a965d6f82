package dev.postrider.secret;

/** What a source says. */
public sealed interface SecretAnswer {
  /** Here it is. */
  record Found(Secret secret) implements SecretAnswer {}

  /**
   * It cannot be had now: mail waits.
   *
   * @param reason names the source, what is wrong and what mends it; no secret
   */
  record Unavailable(String reason) implements SecretAnswer {}
}

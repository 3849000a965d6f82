package dev.postrider.secret;

import dev.postrider.config.ConfigException;

/**
 * What the index says beside a server: who logs in, and where the secret comes from. Immutable.
 *
 * @param user never empty, without white space
 */
public record SecretLogin(String user, SecretSource source) {
  /**
   * Reads {@code user source}.
   *
   * @throws ConfigException that says what can be written
   */
  public static SecretLogin parse(String text) throws ConfigException {
    String[] parts = text.strip().split("\\s+", 2);
    if (parts.length < 2 || parts[0].isEmpty()) {
      throw new ConfigException("expected format: server user source");
    }
    return new SecretLogin(parts[0], SecretSource.parse(parts[1]));
  }

  /** As it is written. */
  public String text() {
    return user + " " + source.text();
  }
}

package dev.postrider.migrate;

/**
 * A login at a server. Immutable; printing it does not show the secret.
 *
 * @param key in the password table: {@code [host]:port}, or a sender's address
 * @param user as the server knows them
 * @param secret the password
 */
public record Password(String key, String user, String secret) {
  /** A line of the password table. */
  public String line() {
    return key + " " + user + ":" + secret;
  }

  /** Why it cannot stand in such a table; empty if it can. */
  String fault() {
    if (user.isEmpty() || user.indexOf(':') >= 0) {
      return "a user name that is empty or has a colon in it cannot stand in a password table";
    }
    // The table ends a value with the last character that is no space.
    return secret.isEmpty() || !secret.strip().equals(secret)
        ? "a password that is empty, or begins or ends with a space, cannot stand in a table"
        : "";
  }

  @Override
  public String toString() {
    return key + " " + user + ":(not shown)";
  }
}

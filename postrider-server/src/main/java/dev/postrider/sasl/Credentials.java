package dev.postrider.sasl;

/**
 * A login. Immutable; prints without its password.
 *
 * @param user never empty
 * @param password as configured, spaces and all; or the token
 * @param kind what it is
 */
public record Credentials(String user, String password, Kind kind) {
  /** What is proved: that one knows a password, or that one was given a token (RFC 6750). */
  public enum Kind {
    PASSWORD,
    TOKEN
  }

  /** With a password. */
  public Credentials(String user, String password) {
    this(user, password, Kind.PASSWORD);
  }

  /** Whether it is a token. */
  public boolean isToken() {
    return kind == Kind.TOKEN;
  }

  @Override
  public String toString() {
    return "Credentials[user=" + user + "]";
  }
}

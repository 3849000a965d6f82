package dev.postrider.sasl;

/**
 * A login. Immutable; prints without its password.
 *
 * @param user never empty
 * @param password as configured, spaces and all
 */
public record Credentials(String user, String password) {
  @Override
  public String toString() {
    return "Credentials[user=" + user + "]";
  }
}

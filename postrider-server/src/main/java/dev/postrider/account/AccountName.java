package dev.postrider.account;

/**
 * An account at a server.
 *
 * @param login the user name; empty where nobody logs in
 * @param server its name, without address and port
 */
public record AccountName(String login, String server) {
  @Override
  public String toString() {
    return login.isEmpty() ? server : login + " at " + server;
  }
}

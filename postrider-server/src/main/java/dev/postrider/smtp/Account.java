package dev.postrider.smtp;

import dev.postrider.account.AccountName;
import dev.postrider.sasl.Credentials;

/**
 * The login that a server gets, and the name under which its state is kept. Immutable.
 *
 * @param credentials for a login with tokens, which are renewed, something that stays the same
 * @param tokens the name of the account whose tokens are used, or empty for a password
 */
record Account(AccountName name, Credentials credentials, String tokens) {
  Account(AccountName name, Credentials credentials) {
    this(name, credentials, "");
  }

  static Account ofTokens(AccountName name, String tokens) {
    return new Account(
        name, new Credentials(name.login(), "oauth:" + tokens, Credentials.Kind.TOKEN), tokens);
  }
}

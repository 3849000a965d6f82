package dev.postrider.local;

import dev.postrider.io.Account;
import org.jspecify.annotations.Nullable;

/**
 * In whose name the commands and files of an expansion are run and written. Immutable.
 *
 * @param account a user; or null where a file of root's says it, which stands for default_privs
 */
record Rights(@Nullable Account account) {
  static final Rights NONE = new Rights(null);

  static Rights of(Account account) {
    return new Rights(account);
  }

  /** The user's number; root's where there is no user. */
  long uid() {
    return account == null ? 0 : account.uid();
  }

  /** Where {@code ~} is, or null if nobody's home is meant. */
  @Nullable String home() {
    return account == null ? null : account.home().toString();
  }

  /** The login shell, or null. */
  @Nullable String shell() {
    if (account == null) {
      return null;
    }
    String line = account.line();
    return line.substring(line.lastIndexOf(':') + 1);
  }
}

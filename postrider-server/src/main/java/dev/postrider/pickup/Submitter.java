package dev.postrider.pickup;

import dev.postrider.io.Account;
import dev.postrider.io.Accounts;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who hands a message over. Immutable.
 *
 * @param uid the kernel's number
 * @param login its name; the number in digits if it has none
 * @param fullName of the GECOS field, may be empty
 */
public record Submitter(long uid, String login, String fullName) {
  private static final Accounts ACCOUNTS = new Accounts();

  /** The user of a uid. One without a name is no error: containers have such. */
  public static Submitter of(long uid) {
    Optional<Account> account;
    try {
      account = ACCOUNTS.find(uid);
    } catch (IOException e) {
      // The mail goes out all the same, in the name that is certain.
      account = Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      account = Optional.empty();
    }
    return account.map(Submitter::of).orElse(new Submitter(uid, Long.toString(uid), ""));
  }

  /** The user of a name, or of a number in digits; null if there is none or nobody knows. */
  static @Nullable Submitter named(String name) throws IOException {
    if (!name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return of(Long.parseLong(name));
    }
    try {
      return ACCOUNTS.find(name).map(Submitter::of).orElse(null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  private static Submitter of(Account account) {
    return new Submitter(account.uid(), account.name(), account.fullName());
  }
}

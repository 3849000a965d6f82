package dev.postrider.pickup;

import dev.postrider.config.Config;
import java.util.List;

/** Who may hand mail over by sendmail: authorized_submit_users. Functions only. */
final class SubmitUsers {
  private static final String PARAMETER = "authorized_submit_users";

  private SubmitUsers() {}

  /** Whether nobody needs to be asked for. */
  static boolean isAnyone(Config config) {
    return config.text(PARAMETER).strip().equals("static:anyone");
  }

  /**
   * Whether an account may: the first name or table that matches decides, an exclamation mark turns
   * it round, and nobody else may.
   *
   * <p>Only names and {@code static:} are read here; what another table would say is unknown, and
   * unknown is no permission.
   */
  static boolean allows(Config config, Submitter account) {
    List<String> items = config.list(PARAMETER);
    for (String item : items) {
      boolean refuses = item.startsWith("!");
      String name = refuses ? item.substring(1) : item;
      if (name.startsWith("static:") || name.equals(account.login())) {
        return !refuses;
      }
    }
    return false;
  }

  /** What a user hears who may not. */
  static String refusal(Submitter account) {
    return "User " + account.login() + "(" + account.uid() + ") is not allowed to submit mail";
  }
}

package dev.postrider.cli;

import dev.postrider.account.AccountState;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.control.ControlRequest;
import dev.postrider.doctor.WaitingAccount;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The accounts that mail waits for, for commands that tell of much else. Functions only. */
final class WaitingAccounts {
  private WaitingAccounts() {}

  /** Those that mail waits for; none where the caller may not know. */
  static List<WaitingAccount> of(Config config, InstantSource clock, AccountMail mail) {
    if (mail.isEmpty()) {
      return List.of();
    }
    List<WaitingAccount> found = new ArrayList<>();
    try {
      List<AccountState> stopped =
          new StoppedAccounts(config, clock, _ -> {}).ask(new ControlRequest.Accounts());
      for (AccountSight each : AccountSight.all(config, clock, mail, stopped, new ArrayList<>())) {
        AccountState state = each.stopped();
        if (each.waiting().messages() > 0) {
          found.add(
              new WaitingAccount(
                  each.name(),
                  state == null ? "has a limit" : state.kind().words(),
                  each.waiting().messages(),
                  each.waiting().recipients(),
                  Optional.ofNullable(each.gone())));
        }
      }
    } catch (ConfigException | IOException _) {
      // "postrider account list" tells why; here the rest counts.
      return found;
    }
    return found;
  }
}

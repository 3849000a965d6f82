package dev.postrider.daemon;

import dev.postrider.log.MailLog;
import dev.postrider.oauth.LoginAlarm;

/** Says in the mail log that a person must log in; its state is in the account's file. */
record LoginWatch(MailLog log) implements LoginAlarm {
  @Override
  public void needsLogin(String account, String reason) {
    log.warning(
        "smtp",
        "account "
            + account
            + " needs a login, and its mail waits until then: "
            + reason
            + " (run: postrider login "
            + account
            + ")");
  }

  @Override
  public void worksAgain(String account) {
    log.info("smtp", "account " + account + " works again");
  }
}

package dev.postrider.daemon;

import dev.postrider.account.AccountName;
import dev.postrider.account.AccountState;
import dev.postrider.account.AccountStates;
import dev.postrider.log.MailLog;
import dev.postrider.queue.QueueManager;

/** Says in the log which accounts stop and go on, and has their mail tried. Safe on any thread. */
record AccountNews(MailLog log, QueueManager queue) implements AccountStates.Listener {
  private static final String PROCESS = "smtp";

  @Override
  public void stopped(AccountState state) {
    String what = "account " + state.name() + " " + state.kind().words();
    switch (state.kind()) {
      case RESTS -> log.warning(PROCESS, what + " until " + state.until() + ": " + state.reason());
      case HELD ->
          log.warning(
              PROCESS,
              what
                  + " after "
                  + state.refusals()
                  + " refused logins; its mail is kept, and one message tries it again at "
                  + state.until()
                  + "; a changed password is tried at once, and so it is after \"postrider account"
                  + " resume "
                  + state.name().login()
                  + "\": "
                  + state.reason());
    }
  }

  @Override
  public void resumed(AccountName name, String why) {
    int woken = queue.wakeParked();
    log.info(PROCESS, "account " + name + ": " + why + ": messages tried now: " + woken);
  }
}

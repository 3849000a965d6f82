package dev.postrider.daemon;

import dev.postrider.account.AccountName;
import dev.postrider.account.AccountState;
import dev.postrider.account.AccountStates;
import dev.postrider.bounce.CauseNotices;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.failure.Facts;
import dev.postrider.failure.FailureRules;
import dev.postrider.log.MailLog;
import dev.postrider.queue.QueueManager;
import java.time.temporal.ChronoUnit;
import java.util.function.Supplier;

/**
 * Tells people which accounts stop and go on, and has their mail tried. Safe on any thread.
 *
 * @param assembly the one in use
 * @param alarm for what nobody but a person mends
 */
record AccountNews(MailLog log, QueueManager queue, Supplier<Assembly> assembly, Alarm alarm)
    implements AccountStates.Listener {
  private static final String PROCESS = "smtp";

  @Override
  public void stopped(AccountState state) {
    String what = "account " + state.name() + " " + state.kind().words();
    switch (state.kind()) {
      case RESTS -> log.warning(PROCESS, what + " until " + until(state) + ": " + state.reason());
      case HELD -> {
        log.warning(
            PROCESS,
            what
                + " after "
                + state.refusals()
                + " refused logins; its mail is kept, and one message tries it again at "
                + until(state)
                + "; a changed password is tried at once, and so it is after \"postrider account"
                + " resume "
                + state.name().login()
                + "\": "
                + state.reason());
        tell(state);
      }
      // LoginWatch says when tokens came to be of no use, whoever found that out.
      case NEEDS_LOGIN -> {
        log.warning(
            PROCESS,
            what
                + "; its mail is kept, and one message an hour looks whether somebody has logged in: "
                + state.reason());
        tell(state);
      }
    }
    alarm.stopped(state);
  }

  private static String until(AccountState state) {
    return state.until().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private void tell(AccountState state) {
    Assembly now = assembly.get();
    CauseNotices notices = now.queue().notifier().causes();
    rules(now.config())
        .explain(state.reason(), new Facts("", "", state.name().login(), -1))
        .ifPresent(advice -> notices.tell("account " + state.name(), "", advice, state.reason()));
  }

  private static FailureRules rules(Config config) {
    try {
      return FailureRules.of(config);
    } catch (ConfigException _) {
      // It was sound when this configuration was taken, so that was said then.
      return FailureRules.shipped();
    }
  }

  @Override
  public void resumed(AccountName name, String why) {
    alarm.resumed(name);
    int woken = queue.wakeParked();
    log.info(PROCESS, "account " + name + ": " + why + ": messages tried now: " + woken);
  }
}

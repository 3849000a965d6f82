package dev.postrider.daemon;

import dev.postrider.account.AccountAlarm;
import dev.postrider.account.AccountName;
import dev.postrider.account.AccountState;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.failure.FailureRules;
import dev.postrider.io.Printable;
import dev.postrider.io.WholeFile;
import dev.postrider.log.MailLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Raises one alarm for each account that waits for a person, and takes it back when the account
 * works again: a text in {@code data_directory/alarm}, which a login shell's greeting can show, and
 * the command of {@code postrider_alarm_command}. Safe on any thread.
 */
final class Alarm {
  private final MailLog log;
  private final Supplier<Config> config;
  private final Supplier<List<AccountState>> stopped;
  private final Set<AccountName> raised = new HashSet<>();

  /**
   * @param stopped the accounts that are not used at present
   */
  Alarm(MailLog log, Supplier<Config> config, Supplier<List<AccountState>> stopped) {
    this.log = log;
    this.config = config;
    this.stopped = stopped;
  }

  /** Takes up what an earlier daemon left: people were told of it then. */
  void begin() {
    synchronized (raised) {
      for (AccountState each : stopped.get()) {
        if (each.kind().wantsPerson()) {
          raised.add(each.name());
        }
      }
      write();
    }
  }

  void stopped(AccountState state) {
    boolean first;
    synchronized (raised) {
      // Told a moment late, the account may work again by now.
      if (!state.kind().wantsPerson() || !isStopped(state.name())) {
        return;
      }
      first = raised.add(state.name());
      write();
    }
    if (first) {
      AccountAlarm.of(state, rules())
          .ifPresent(alarm -> run("raised", state.name(), paragraph(alarm)));
    }
  }

  private boolean isStopped(AccountName name) {
    return stopped.get().stream()
        .anyMatch(each -> each.kind().wantsPerson() && each.name().equals(name));
  }

  void resumed(AccountName name) {
    synchronized (raised) {
      if (!raised.remove(name)) {
        return;
      }
      write();
    }
    run("cleared", name, "account " + name + " works again\n");
  }

  private void run(String event, AccountName name, String text) {
    String command = config.get().text("postrider_alarm_command");
    if (!command.isEmpty()) {
      AlarmCommand call = new AlarmCommand(command, event, name.toString(), text);
      Thread.ofVirtual()
          .name("alarm")
          .start(() -> call.run(warning -> log.warning("smtp", warning)));
    }
  }

  private void write() {
    Path file = Path.of(config.get().text("data_directory")).resolve("alarm");
    List<AccountAlarm> alarms = AccountAlarm.all(stopped.get(), rules());
    try {
      if (alarms.isEmpty()) {
        WholeFile.delete(file);
        return;
      }
      StringBuilder text = new StringBuilder();
      text.append("Mail of ").append(config.get().text("myhostname")).append(" waits for you:\n");
      alarms.forEach(alarm -> text.append(paragraph(alarm)));
      WholeFile.replace(file, text.toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      log.warning("smtp", file + ": the alarm cannot be written: " + e.getMessage());
    }
  }

  private static String paragraph(AccountAlarm alarm) {
    return Printable.of(
            alarm.headline() + " (since " + alarm.since().truncatedTo(ChronoUnit.SECONDS) + ")")
        + "\n"
        + Printable.of("  do: " + alarm.remedy())
        + "\n";
  }

  private FailureRules rules() {
    try {
      return FailureRules.of(config.get());
    } catch (ConfigException _) {
      // It was sound when this configuration was taken, so that was said then.
      return FailureRules.shipped();
    }
  }
}

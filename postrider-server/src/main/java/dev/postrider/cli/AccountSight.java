package dev.postrider.cli;

import dev.postrider.account.AccountLimits;
import dev.postrider.account.AccountState;
import dev.postrider.account.AccountStates;
import dev.postrider.account.AccountUse;
import dev.postrider.account.Limit;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.MasterConfig;
import dev.postrider.config.ServiceEntry;
import dev.postrider.log.MailLog;
import dev.postrider.smtp.AccountBook;
import dev.postrider.table.Tables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One account as people see it: what it is for, how much it sent, what waits for it and how long
 * that will take. Immutable.
 *
 * @param entry of the configuration; null for one that is stopped and no longer there
 * @param stopped why it is not used; null if it is
 * @param waiting mail that waits for it
 * @param used how much of each limit is used; null if that cannot be read
 * @param gone when all of that will have gone, as far as can be said; null if nothing waits, or
 *     only people can say
 */
record AccountSight(
    AccountBook.@Nullable Entry entry,
    @Nullable AccountState stopped,
    AccountUse.Count waiting,
    @Nullable List<Used> used,
    @Nullable Instant gone) {
  /** What cannot be read is told in the list itself. */
  private static final MailLog SILENT = (_, _, _) -> {};

  /**
   * How much of a limit is used.
   *
   * @param count within the span of the limit, up to now
   */
  record Used(Limit limit, long count) {
    long left() {
      return Math.max(0, limit.most() - count);
    }
  }

  String name() {
    return entry != null
        ? entry.name().toString()
        : stopped == null ? "" : stopped.name().toString();
  }

  /**
   * All accounts: those of the configuration in its order, then those that are stopped beside them.
   *
   * @param mail what waits
   * @param stopped accounts that are not used
   * @param warnings hears of what cannot be read
   */
  static List<AccountSight> all(
      Config config,
      InstantSource clock,
      AccountMail mail,
      List<AccountState> stopped,
      List<String> warnings)
      throws ConfigException {
    Set<String> clients = new HashSet<>();
    for (ServiceEntry service : MasterConfig.load(config.directory()).enabled(config).services()) {
      if (service.command().equals("smtp")) {
        clients.add(service.name());
      }
    }
    List<AccountBook.Entry> entries =
        AccountBook.read(config, new Tables(config, SILENT), clients::contains, warnings);
    @Nullable AccountUse use = use(config, clock, warnings);
    List<AccountSight> all = new ArrayList<>();
    List<AccountState> left = new ArrayList<>(stopped);
    for (AccountBook.Entry each : entries) {
      @Nullable AccountState state =
          stopped.stream().filter(one -> one.name().equals(each.name())).findFirst().orElse(null);
      left.removeIf(one -> one.name().equals(each.name()));
      all.add(of(each, state, mail, use, clock.instant()));
    }
    for (AccountState each : left) {
      AccountUse.Count waiting = mail.of(each);
      all.add(
          new AccountSight(
              null, each, waiting, List.of(), waiting.messages() > 0 ? each.until() : null));
    }
    return all;
  }

  private static @Nullable AccountUse use(
      Config config, InstantSource clock, List<String> warnings) {
    Path directory = Path.of(config.text("data_directory"));
    Path file = directory.resolve("account-use");
    if ((Files.exists(file) && !Files.isReadable(file))
        || (Files.isDirectory(directory) && !Files.isExecutable(directory))) {
      return null;
    }
    return AccountStates.look(directory, clock, warnings::add).use();
  }

  private static AccountSight of(
      AccountBook.Entry entry,
      @Nullable AccountState stopped,
      AccountMail mail,
      @Nullable AccountUse use,
      Instant now) {
    AccountUse.Count waiting =
        stopped == null ? mail.of(entry.name().toString()) : mail.of(stopped);
    @Nullable AccountLimits limits = entry.limits();
    @Nullable List<Used> used = null;
    if (use != null) {
      used = new ArrayList<>();
      if (limits != null) {
        for (Limit each : limits.all()) {
          AccountUse.Count count = use.within(entry.name(), each.span());
          used.add(
              new Used(
                  each,
                  each.kind() == Limit.Kind.RECIPIENTS ? count.recipients() : count.messages()));
        }
      }
    }
    Instant from = stopped == null || stopped.until().isBefore(now) ? now : stopped.until();
    @Nullable Instant gone = null;
    if (waiting.messages() > 0) {
      if (limits != null && use != null) {
        gone = use.drained(entry.name(), limits, from, waiting);
      } else if (stopped != null) {
        gone = from;
      }
    }
    return new AccountSight(entry, stopped, waiting, used, gone);
  }

  /** What waits and until when, as a clause; empty if nothing waits. */
  Optional<String> outlook(Function<Instant, String> time) {
    if (waiting.messages() == 0) {
      return Optional.empty();
    }
    return Optional.of(AccountSight.outlook(waiting, stopped != null, gone, time));
  }

  private static String outlook(
      AccountUse.Count waiting,
      boolean stopped,
      @Nullable Instant gone,
      Function<Instant, String> time) {
    String text =
        waiting.messages()
            + (waiting.messages() == 1 ? " message to " : " messages to ")
            + waiting.recipients()
            + (waiting.recipients() == 1 ? " recipient" : " recipients");
    return gone == null
        ? text
        : text
            + (stopped ? ", all gone at the earliest at " : ", all gone at about ")
            + time.apply(gone);
  }
}

package dev.postrider.account;

import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which accounts are not to be used, and until when. A login that is refused is tried again after a
 * minute, then after five; then the account is held, so that a queue full of mail does not lock it,
 * and one message tries it after six hours, twelve, and then every day. A changed password is tried
 * at once. Kept in {@code data_directory/accounts}; safe on any thread.
 */
public final class AccountStates {
  /** How mail that waits for nothing but an account is tried at most: whoever resumes wakes it. */
  static final Duration WAIT = Duration.ofHours(24);

  private static final String FILE = "accounts";
  private static final String HEAD = "postrider-accounts 1";
  private static final int TRIES = 3;
  private static final int FIELDS = 11;
  private static final int MOST = 1000;
  private static final Duration FIRST_REST = Duration.ofMinutes(1);
  private static final Duration SECOND_REST = Duration.ofMinutes(5);
  private static final Duration FIRST_HOLD = Duration.ofHours(6);
  private static final Duration PROBE = Duration.ofMinutes(1);

  /** Looking whether somebody has logged in costs a look into a file. */
  private static final Duration LOGIN_LOOK = Duration.ofHours(1);

  /** Hears of changes; called without a lock held, on the thread that caused them. */
  public interface Listener {
    /** An account began to rest, or to be held. */
    void stopped(AccountState state);

    /**
     * An account may be used again.
     *
     * @param why a clause for the log
     */
    void resumed(AccountName name, String why);
  }

  private static final class Entry {
    AccountState state;
    final PasswordMark password;
    Duration pause;
    boolean scoutKnows;
    @Nullable Thread prober;

    Entry(AccountState state, PasswordMark password, Duration pause) {
      this.state = state;
      this.password = password;
      this.pause = pause;
    }

    boolean isProbedByThisThread() {
      return Thread.currentThread().equals(prober);
    }
  }

  private final InstantSource clock;
  private final @Nullable StateFile file;
  private final Consumer<String> warnings;
  private final AccountUse use;
  private final Map<AccountName, Entry> entries = new LinkedHashMap<>();
  private volatile @Nullable Listener listener;

  private AccountStates(
      InstantSource clock, @Nullable StateFile file, AccountUse use, Consumer<String> warnings) {
    this.use = use;
    this.clock = clock;
    this.file = file;
    this.warnings = warnings;
  }

  /** Forgets everything at its end. */
  public static AccountStates inMemory(InstantSource clock) {
    return new AccountStates(clock, null, AccountUse.inMemory(clock), _ -> {});
  }

  /**
   * Reads what is known.
   *
   * @param warnings hears of a file that cannot be read or written: then a restart forgets
   */
  public static AccountStates open(
      Path dataDirectory, InstantSource clock, Consumer<String> warnings) {
    return open(
        new StateFile(dataDirectory.resolve(FILE), HEAD),
        dataDirectory.resolve(FILE),
        clock,
        AccountUse.open(dataDirectory, clock, warnings),
        warnings);
  }

  /**
   * The same for who tries logins beside the mail system, and remembers those that were refused;
   * what it counts is not kept.
   *
   * @param name of the file
   */
  public static AccountStates open(
      Path dataDirectory, String name, InstantSource clock, Consumer<String> warnings) {
    return open(
        new StateFile(dataDirectory.resolve(name), HEAD),
        dataDirectory.resolve(name),
        clock,
        AccountUse.inMemory(clock),
        warnings);
  }

  private static AccountStates open(
      StateFile file, Path place, InstantSource clock, AccountUse use, Consumer<String> warnings) {
    AccountStates states = new AccountStates(clock, file, use, warnings);
    states.take(file, place);
    return states;
  }

  /**
   * The same for who only looks, or tries something: nothing that comes of it is kept.
   *
   * @param warnings hears of a file that cannot be read
   */
  public static AccountStates look(
      Path dataDirectory, InstantSource clock, Consumer<String> warnings) {
    AccountStates states =
        new AccountStates(clock, null, AccountUse.look(dataDirectory, clock, warnings), warnings);
    states.take(new StateFile(dataDirectory.resolve(FILE), HEAD), dataDirectory.resolve(FILE));
    return states;
  }

  private void take(StateFile file, Path place) {
    try {
      for (List<String> row : file.read()) {
        take(row, place);
      }
    } catch (IOException e) {
      warnings.accept(
          place
              + ": cannot be read, so accounts that were held are tried again: "
              + e.getMessage());
    }
  }

  private void take(List<String> row, Path place) {
    try {
      if (row.size() != FIELDS) {
        throw new IllegalArgumentException("not " + FIELDS + " fields");
      }
      AccountName name = new AccountName(row.get(0), row.get(1));
      AccountState state =
          new AccountState(
              name,
              AccountState.Kind.valueOf(row.get(2)),
              Integer.parseInt(row.get(3)),
              row.get(4),
              row.get(5),
              Instant.parse(row.get(6)),
              Instant.parse(row.get(7)));
      entries.put(
          name,
          new Entry(
              state,
              new PasswordMark(row.get(8), row.get(9)),
              Duration.ofSeconds(Long.parseLong(row.get(10)))));
    } catch (IllegalArgumentException | DateTimeException e) {
      warnings.accept(place + ": a line is skipped: " + e.getMessage());
    }
  }

  /** What the accounts sent that have limits. */
  public AccountUse use() {
    return use;
  }

  /** Who hears of changes; at most one. */
  public void listen(Listener newListener) {
    listener = newListener;
  }

  /** Whether no account is stopped, so that nobody need ask. */
  public synchronized boolean allWork() {
    return entries.isEmpty();
  }

  /** Whether an account is not stopped; asking changes nothing. */
  public synchronized boolean works(AccountName name) {
    return !entries.containsKey(name);
  }

  /**
   * Why an account is stopped, if it is, for mail that is not to try it; asking changes nothing.
   */
  public synchronized Optional<Resting> stopped(AccountName name) {
    Entry entry = entries.get(name);
    return entry == null ? Optional.empty() : Optional.of(new Resting(entry.state, WAIT));
  }

  /** Those that are not used, in the order in which that began. */
  public synchronized List<AccountState> stopped() {
    return entries.values().stream().map(each -> each.state).toList();
  }

  /**
   * Whether an account is to be left alone, before it is used.
   *
   * @param password as configured now
   * @return empty if it may be used; when its time is over, one thread at a time is told so, which
   *     is to say {@link #done} when it has finished
   */
  public Optional<Resting> resting(AccountName name, String password) {
    return resting(name, password, /* waits= */ true);
  }

  /**
   * The same.
   *
   * @param waits whether the mail waits for this account if it rests; false for mail that another
   *     account may take at once, which is not counted on to find out whether this one works again
   */
  public Optional<Resting> resting(AccountName name, String password, boolean waits) {
    boolean changed = false;
    synchronized (this) {
      Entry entry = entries.get(name);
      if (entry == null || entry.isProbedByThisThread()) {
        return Optional.empty();
      }
      Instant now = clock.instant();
      if (!entry.password.fits(password)) {
        entries.remove(name);
        changed = true;
        save();
      } else if (!now.isBefore(entry.state.until())) {
        entry.prober = Thread.currentThread();
        entry.scoutKnows = false;
        entry.state = until(entry.state, now.plus(PROBE));
        return Optional.empty();
      } else if (!waits) {
        return Optional.of(new Resting(entry.state, WAIT));
      } else {
        Duration wait = entry.scoutKnows ? WAIT : Duration.between(now, entry.state.until());
        entry.scoutKnows = true;
        return Optional.of(new Resting(entry.state, wait.compareTo(WAIT) < 0 ? wait : WAIT));
      }
    }
    resumed(changed, name, "its password was changed");
    return Optional.empty();
  }

  /** The thread has done what it asked for: it is no longer the one that may use the account. */
  public synchronized void done() {
    if (!entries.isEmpty()) {
      for (Entry each : entries.values()) {
        if (each.isProbedByThisThread()) {
          each.prober = null;
        }
      }
    }
  }

  /**
   * A server refused a login for good.
   *
   * @param rule the id of the rule that knows why, or empty
   * @param reason as the mail log has it
   */
  public void refused(AccountName name, String password, String rule, String reason) {
    AccountState now;
    synchronized (this) {
      Entry before = entries.get(name);
      boolean same = before != null && before.password.fits(password);
      if (before != null
          && same
          && !before.isProbedByThisThread()
          && clock.instant().isBefore(before.state.until())) {
        // It was under way when another one was refused.
        return;
      }
      int refusals = before != null && same ? before.state.refusals() + 1 : 1;
      Duration pause =
          switch (refusals) {
            case 1 -> FIRST_REST;
            case 2 -> SECOND_REST;
            case TRIES -> FIRST_HOLD;
            default -> longer(before == null ? FIRST_HOLD : before.pause);
          };
      AccountState.Kind kind = refusals >= TRIES ? AccountState.Kind.HELD : AccountState.Kind.RESTS;
      now = state(name, kind, refusals, new Cause(rule, reason), before, pause);
      put(now, password, pause);
    }
    stopped(now);
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(WAIT) < 0 ? twice : WAIT;
  }

  private record Cause(String rule, String reason) {}

  private AccountState state(
      AccountName name,
      AccountState.Kind kind,
      int refusals,
      Cause cause,
      @Nullable Entry before,
      Duration pause) {
    Instant now = clock.instant();
    Instant since = before != null && before.state.kind() == kind ? before.state.since() : now;
    return new AccountState(name, kind, refusals, cause.rule, cause.reason, since, now.plus(pause));
  }

  /**
   * Lets an account rest, because its quota is used up.
   *
   * @param pause until one message tries it again
   */
  public void rest(AccountName name, String password, Duration pause, String rule, String reason) {
    AccountState now;
    synchronized (this) {
      Entry before = entries.get(name);
      if (before != null
          && !before.isProbedByThisThread()
          && clock.instant().isBefore(before.state.until())) {
        return;
      }
      now = state(name, AccountState.Kind.RESTS, 0, new Cause(rule, reason), before, pause);
      put(now, password, pause);
    }
    stopped(now);
  }

  /**
   * Nothing can be sent until a person logs in. One message an hour looks whether that was done.
   *
   * @param mark stands for the login, whose tokens change: it stays the same
   * @param reason as the mail log has it
   */
  public void needsLogin(AccountName name, String mark, String reason) {
    AccountState now;
    boolean known;
    synchronized (this) {
      Entry before = entries.get(name);
      known = before != null && before.state.kind() == AccountState.Kind.NEEDS_LOGIN;
      if (known
          && before != null
          && !before.isProbedByThisThread()
          && clock.instant().isBefore(before.state.until())) {
        return;
      }
      now =
          state(name, AccountState.Kind.NEEDS_LOGIN, 0, new Cause("", reason), before, LOGIN_LOOK);
      put(now, mark, LOGIN_LOOK);
    }
    if (!known) {
      stopped(now);
    }
  }

  private void put(AccountState state, String password, Duration pause) {
    entries.remove(state.name());
    if (entries.size() >= MOST) {
      entries.remove(entries.keySet().iterator().next());
    }
    entries.put(state.name(), new Entry(state, PasswordMark.of(password), pause));
    save();
  }

  /** A login was taken; a quota may still be used up. */
  public void loggedIn(AccountName name) {
    boolean refused;
    synchronized (this) {
      Entry entry = entries.get(name);
      refused =
          entry != null
              && (entry.state.refusals() > 0
                  || entry.state.kind() == AccountState.Kind.NEEDS_LOGIN);
    }
    if (refused) {
      worked(name);
    }
  }

  /** A message was taken from an account. */
  public void worked(AccountName name) {
    boolean known;
    synchronized (this) {
      known = entries.remove(name) != null;
      if (known) {
        save();
      }
    }
    resumed(known, name, "it works again");
  }

  /**
   * Forgets refusals: somebody says that an account works again.
   *
   * @param login of the account, or {@code login at server}, or {@code all}
   * @return those that are used again
   */
  public List<AccountState> resume(String login, String by) {
    List<AccountState> found = new ArrayList<>();
    synchronized (this) {
      for (Entry each : entries.values()) {
        AccountName name = each.state.name();
        if (login.equals("all") || name.login().equals(login) || name.toString().equals(login)) {
          found.add(each.state);
        }
      }
      if (!found.isEmpty()) {
        found.forEach(each -> entries.remove(each.name()));
        save();
      }
    }
    found.forEach(each -> resumed(true, each.name(), by));
    return found;
  }

  /** Lets each account be tried by one message now: the configuration may be mended. */
  public synchronized void allowTry() {
    Instant now = clock.instant();
    for (Entry each : entries.values()) {
      each.state = until(each.state, now);
    }
  }

  private static AccountState until(AccountState state, Instant until) {
    return new AccountState(
        state.name(),
        state.kind(),
        state.refusals(),
        state.rule(),
        state.reason(),
        state.since(),
        until);
  }

  private void save() {
    if (file == null) {
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    for (Entry each : entries.values()) {
      AccountState state = each.state;
      rows.add(
          List.of(
              state.name().login(),
              state.name().server(),
              state.kind().name(),
              String.valueOf(state.refusals()),
              state.rule(),
              state.reason(),
              state.since().toString(),
              state.until().toString(),
              each.password.salt(),
              each.password.mark(),
              String.valueOf(each.pause.toSeconds())));
    }
    try {
      file.write(rows);
    } catch (IOException e) {
      warnings.accept(
          "the state of accounts cannot be written, so a restart forgets it: " + e.getMessage());
    }
  }

  private void stopped(AccountState state) {
    Listener now = listener;
    if (now != null) {
      now.stopped(state);
    }
  }

  private void resumed(boolean really, AccountName name, String why) {
    Listener now = listener;
    if (really && now != null) {
      now.resumed(name, why);
    }
  }
}

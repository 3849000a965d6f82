package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.DefaultFiles;
import dev.postrider.oauth.Grant;
import dev.postrider.oauth.TokenStore;
import dev.postrider.secret.SecretLogin;
import dev.postrider.setup.BesideSetup;
import dev.postrider.setup.ChangeSet;
import dev.postrider.setup.RelaySetup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a setup has found to be right, ready to be written. For one thread. */
final class SetupPlan {
  private final Config config;
  private final ChangeSet changes;
  private final String sender;
  private final Optional<String> recipient;

  /** Of an account that was proven; empty where mail goes out directly. */
  private final Optional<SetupProof.Proven> proven;

  /** Where a secret goes that was typed in. */
  private final Optional<Path> typed;

  private Optional<Grant> earlier = Optional.empty();
  private boolean kept;

  private SetupPlan(
      Config config,
      ChangeSet changes,
      String sender,
      Optional<String> recipient,
      Optional<SetupProof.Proven> proven,
      Optional<Path> typed) {
    this.config = config;
    this.changes = changes;
    this.sender = sender;
    this.recipient = recipient;
    this.proven = proven;
    this.typed = typed;
  }

  /**
   * Without a provider.
   *
   * @param changes all of them
   * @param sender of the test message
   * @param recipient of it, if it is known
   */
  static SetupPlan direct(
      Config config, ChangeSet changes, String sender, Optional<String> recipient) {
    return new SetupPlan(config, changes, sender, recipient, Optional.empty(), Optional.empty());
  }

  /**
   * By an account.
   *
   * @param rootTo who gets root's mail; nobody new if empty
   * @param testTo who gets the test message, if it is not the account's owner
   */
  static SetupPlan relay(
      Config config, SetupProof.Proven proven, Optional<String> rootTo, Optional<String> testTo)
      throws IOException {
    ChangeSet changes = begun(config);
    new RelaySetup(config, proven.account(), Path.of("/")).addTo(changes, rootTo);
    return of(config, changes, proven, proven.account().server().nextHop(), testTo);
  }

  /**
   * By one account more.
   *
   * @param choice which mail goes by it
   * @param testTo who gets the test message, if it is not the account's owner
   */
  static SetupPlan beside(
      Config config, SetupProof.Proven proven, BesideSetup.Choice choice, Optional<String> testTo)
      throws IOException {
    ChangeSet changes = begun(config);
    new BesideSetup(config, proven.account(), choice, Path.of("/")).addTo(changes);
    return of(config, changes, proven, BesideSetup.nextHop(proven.account()), testTo);
  }

  /**
   * @param key of the login in the index
   */
  private static SetupPlan of(
      Config config,
      ChangeSet changes,
      SetupProof.Proven proven,
      String key,
      Optional<String> testTo)
      throws IOException {
    SecretPlaces places = SecretPlaces.of(config, Optional.empty());
    String login = proven.account().login();
    Path file = places.file(key, login);
    SecretLogin entry = new SecretLogin(login, proven.credential().source(file));
    changes.tableLine(places.index(), key, key + " " + entry.text());
    Optional<Path> typed = Optional.empty();
    if (proven.credential() instanceof SetupCredential.Typed(var secret)) {
      changes.secret(file, (secret.text() + "\n").getBytes(StandardCharsets.UTF_8));
      typed = Optional.of(file);
    }
    String address = proven.account().address();
    return new SetupPlan(
        config,
        changes,
        address,
        testTo.or(() -> Optional.of(address)),
        Optional.of(proven),
        typed);
  }

  /** Changes that begin with the files that a fresh machine lacks. */
  static ChangeSet begun(Config config) throws IOException {
    ChangeSet changes = new ChangeSet(config.directory());
    changes.fresh(config.directory().resolve("main.cf"), DefaultFiles.mainCf());
    changes.fresh(config.directory().resolve("master.cf"), DefaultFiles.masterCf());
    return changes;
  }

  /** The sender of the test message. */
  String sender() {
    return sender;
  }

  /** Who gets the test message; nobody if nobody is known. */
  Optional<String> recipient() {
    return recipient;
  }

  /** How mail goes out, to follow "went from here by Postrider". */
  String way() {
    return proven.isPresent()
        ? "to your provider and from\nthere to you"
        : "directly to the\nserver that has your mailbox";
  }

  /** What changes, line by line, without secrets. */
  List<String> described() {
    return changes.described();
  }

  /** Whether a login in the browser is to be kept. */
  boolean hasTokens() {
    return proven.isPresent() && proven.get().credential() instanceof SetupCredential.LoggedIn;
  }

  /**
   * Writes the files.
   *
   * @return whether there was anything to write
   */
  boolean make(Instant now) throws IOException, InterruptedException {
    if (changes.isEmpty()) {
      return false;
    }
    changes.make(now);
    if (typed.isPresent()) {
      SecretCommand.giveToDaemon(config, typed.get());
    }
    return true;
  }

  /** Keeps the tokens, in the place of earlier ones; the directory for them must be there. */
  void keepTokens() throws IOException, InterruptedException {
    if (proven.isPresent()
        && proven.get().credential() instanceof SetupCredential.LoggedIn(var grant)) {
      earlier = earlier(grant.account());
      store().save(grant);
      kept = true;
    }
  }

  /** Those that were kept are replaced, damaged ones too. */
  private Optional<Grant> earlier(String account) throws InterruptedException {
    try {
      return store().load(account);
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /** Undoes {@link #keepTokens}, if it was done. */
  void forgetTokens() throws IOException, InterruptedException {
    if (kept
        && proven.isPresent()
        && proven.get().credential() instanceof SetupCredential.LoggedIn(var grant)) {
      if (earlier.isPresent()) {
        store().save(earlier.get());
      } else {
        boolean _ = store().remove(grant.account());
      }
    }
  }

  private TokenStore store() {
    return new TokenStore(Path.of(config.text("data_directory")));
  }
}

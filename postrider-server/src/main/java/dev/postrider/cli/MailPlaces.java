package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.io.Account;
import dev.postrider.io.Accounts;
import dev.postrider.io.OwnUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where mailboxes are: the user's own, those of others, folders by their short names. */
final class MailPlaces {
  private static final Path SPOOL = Path.of("/var/mail");

  private final Invocation call;
  private final MailSettings settings;
  private final Account account;
  private final Path home;

  private MailPlaces(Invocation call, MailSettings settings, Account account, Path home) {
    this.call = call;
    this.settings = settings;
    this.account = account;
    this.home = home;
  }

  static MailPlaces of(Invocation call, MailSettings settings)
      throws IOException, InterruptedException {
    long uid = OwnUser.uid();
    String named = call.environment().getOrDefault("HOME", "");
    Account account =
        new Accounts()
            .find(uid)
            .orElseGet(() ->
                new Account(
                    Long.toString(uid), uid, uid, Path.of(named.isEmpty() ? "/" : named), ""));
    return new MailPlaces(
        call, settings, account, named.isEmpty() ? account.home() : Path.of(named));
  }

  Account account() {
    return account;
  }

  Path home() {
    return home;
  }

  /** The mailbox mail is delivered to: MAIL, else what main.cf says, else /var/mail. */
  Path system() {
    String named = call.environment().getOrDefault("MAIL", "");
    Path configured = delivered(account);
    // A login sets MAIL to a file by habit, wherever mail really goes.
    return named.isEmpty() || (!Files.exists(Path.of(named)) && Files.exists(configured))
        ? configured
        : Path.of(named);
  }

  /** The mailbox of another user. */
  Path system(String user) throws MailRefusal, IOException, InterruptedException {
    Optional<Account> other = new Accounts().find(user);
    if (other.isEmpty()) {
      throw new MailRefusal("\"" + user + "\" is not a user of this system");
    }
    return delivered(other.get());
  }

  private Path delivered(Account owner) {
    Path directory = ConfigDirectory.of(call, Optional.empty());
    if (Files.exists(directory.resolve("main.cf"))) {
      try {
        Config config = Config.load(directory);
        String atHome = config.text("home_mailbox");
        return atHome.isEmpty()
            ? Path.of(config.text("mail_spool_directory")).resolve(owner.name())
            : owner.home().resolve(atHome);
      } catch (ConfigException e) {
        call.warning(e.getMessage() + "; looking in " + SPOOL);
      }
    }
    return SPOOL.resolve(owner.name());
  }

  /** The names of this machine in addresses, as far as main.cf tells. */
  List<String> hosts() {
    Path directory = ConfigDirectory.of(call, Optional.empty());
    if (!Files.exists(directory.resolve("main.cf"))) {
      return List.of();
    }
    try {
      Config config = Config.load(directory);
      return List.of(config.text("myhostname"), config.text("myorigin"), config.text("mydomain"));
    } catch (ConfigException e) {
      // Said when the mailbox was looked for.
      return List.of();
    }
  }

  Path mbox() throws MailRefusal, IOException, InterruptedException {
    String named = settings.text("MBOX", "");
    return named.isEmpty() || named.equals("&") ? home.resolve("mbox") : file(named, home);
  }

  Path folders() throws MailRefusal {
    String named = settings.text("folder", "");
    if (named.isEmpty()) {
      throw new MailRefusal("No value set for \"folder\"");
    }
    return named.startsWith("~/") ? home.resolve(named.substring(2)) : home.resolve(named);
  }

  /**
   * What a file argument means.
   *
   * @param previous what {@code #} means
   */
  Path file(String name, Path previous) throws MailRefusal, IOException, InterruptedException {
    if (name.equals("%")) {
      return system();
    }
    if (name.startsWith("%")) {
      return system(name.substring(1));
    }
    if (name.equals("#")) {
      return previous;
    }
    if (name.equals("&")) {
      return mbox();
    }
    if (name.startsWith("+")) {
      return folders().resolve(name.substring(1));
    }
    if (name.equals("~")) {
      return home;
    }
    try {
      return name.startsWith("~/") ? home.resolve(name.substring(2)) : Path.of(name);
    } catch (java.nio.file.InvalidPathException e) {
      throw new MailRefusal("\"" + name + "\": not a file name");
    }
  }
}

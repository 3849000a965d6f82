package dev.postrider.local;

import dev.postrider.delivery.NextHop;
import dev.postrider.helper.UserFile;
import dev.postrider.io.Account;
import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Chooses where a user's own mail is kept, and where nobody's goes. For one recipient. */
final class UserMailboxes {
  private final Planner planner;
  private final LocalSettings settings;
  private final MailboxMaps maps;
  private final SieveFiles sieveFiles;

  UserMailboxes(Planner planner) {
    this.planner = planner;
    this.settings = planner.settings;
    this.maps = planner.around.maps();
    this.sieveFiles = new SieveFiles(planner);
  }

  /** Why a user's mail waits before anything of the user's is looked at; null if nothing is. */
  @Nullable Plan obstacle(Scope scope) throws IOException, InterruptedException {
    if (!settings.requireHome) {
      return null;
    }
    Optional<Account> account = planner.people.find(scope.name().user());
    if (account.isEmpty()) {
      return null;
    }
    String home = account.get().home().toString();
    UserFile found = planner.around.files().read(Rights.of(account.get()), home);
    return found instanceof UserFile.Missing
        ? Planner.fail(
            scope, "4.3.0", "cannot access home directory " + home + ": No such file or directory")
        : null;
  }

  /** Where a user's mail goes; null if there is no such user. */
  @Nullable Plan find(Scope above) throws IOException, InterruptedException {
    Scope scope = above.deeper();
    if (planner.duplicates.wasHere("mailbox " + scope.name().local())) {
      return Planner.duplicate(scope);
    }
    @Nullable Plan passed = passed(scope, maps.transports(), settings.mailboxTransport);
    if (passed != null) {
      return passed;
    }
    Optional<Account> account = planner.people.find(scope.name().user());
    return account.isEmpty()
        ? null
        : ofUser(scope.withRights(Rights.of(account.get())), account.get());
  }

  private Plan ofUser(Scope scope, Account account) throws IOException, InterruptedException {
    switch (maps.commands().lookup(scope.name().user())) {
      case Lookup.Found(String line) -> {
        return planner.command(scope, line);
      }
      case Lookup.Unavailable(String reason) -> {
        return tableFailure(scope, reason);
      }
      case Lookup.NotFound() -> {}
    }
    if (!settings.mailboxCommand.isEmpty()) {
      return planner.command(scope, settings.mailboxCommand);
    }
    Scope own = setDelivered(scope);
    Act mailbox = mailbox(account, scope.name().user());
    @Nullable Plan decided = sieveFiles.find(own, account, mailbox);
    return decided != null ? decided : new Plan.Leaf(own, mailbox);
  }

  private Scope setDelivered(Scope scope) {
    return settings.frozenDeliveredTo ? scope : scope.withDelivered(scope.address());
  }

  private Act mailbox(Account account, String user) {
    String home = settings.homeMailbox;
    String spool = settings.spoolDirectory;
    if (home.endsWith("/")) {
      return new Act.Maildir(Path.of(account.home() + "/" + home), true);
    }
    if (spool.endsWith("/")) {
      return new Act.Maildir(Path.of(spool + user), true);
    }
    return home.isEmpty()
        ? new Act.Mailbox(Path.of(spool, user), true)
        : new Act.Mailbox(Path.of(account.home() + "/" + home), false);
  }

  /** Where the mail of a name goes that nobody has. */
  Plan unknown(Scope above) throws IOException, InterruptedException {
    Scope scope = above.deeper();
    if (planner.duplicates.wasHere("unknown " + scope.name().local())) {
      return Planner.duplicate(scope);
    }
    @Nullable Plan passed = passed(scope, maps.fallbacks(), settings.fallbackTransport);
    if (passed != null) {
      return passed;
    }
    String user = scope.name().user();
    if (!settings.luserRelay.isEmpty()) {
      @Nullable Plan relayed = planner.luserRelay(scope);
      if (relayed != null) {
        return relayed;
      }
    } else if (user.equals("mailer-daemon") || user.equals("postmaster")) {
      planner.warn("required alias not found: " + user);
      return new Plan.Leaf(scope, new Act.Discard());
    }
    return Planner.fail(scope, "5.1.1", "unknown user: \"" + user + "\"");
  }

  private @Nullable Plan passed(Scope scope, LookupTable table, String standard) {
    return switch (table.lookup(scope.name().user())) {
      case Lookup.Found(String value) -> new Plan.Leaf(scope, pass(value));
      case Lookup.Unavailable(String reason) -> tableFailure(scope, reason);
      case Lookup.NotFound() -> standard.isEmpty() ? null : new Plan.Leaf(scope, pass(standard));
    };
  }

  private Plan tableFailure(Scope scope, String reason) {
    planner.warn(reason + ": lookup of '" + scope.name().user() + "' failed");
    return Planner.fail(scope, "4.3.0", "table lookup failure");
  }

  /** {@code transport} or {@code transport:nexthop}; an empty next hop is that of the request. */
  private static Act pass(String text) {
    int colon = text.indexOf(':');
    return new Act.Pass(
        colon < 0
            ? new NextHop(text.strip(), "")
            : new NextHop(text.substring(0, colon).strip(), text.substring(colon + 1).strip()));
  }
}

package dev.postrider.local;

import dev.postrider.io.Account;
import dev.postrider.mail.address.AddressList;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.table.AliasTarget;
import dev.postrider.table.TableOwner;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Follows aliases. For one recipient and one thread. */
final class AliasLists {
  private static final String OWNER = "owner-";

  private final Planner planner;
  private final LocalSettings settings;
  private final AliasTables tables;

  AliasLists(Planner planner) {
    this.planner = planner;
    this.settings = planner.settings;
    this.tables = planner.around.aliases();
  }

  /**
   * Looks a name up.
   *
   * @param name in lower case
   * @return null if there is no alias of that name, or it is being followed already: then the user
   *     of that name is meant
   */
  @Nullable Plan find(Scope above, String name) throws IOException, InterruptedException {
    Scope scope = above.deeper();
    if (scope.from() != null && scope.from().equalsIgnoreCase(name)) {
      return null;
    }
    if (Planner.tooDeep(scope)) {
      planner.warn("alias database loop for " + name);
      return Planner.fail(scope, "5.4.6", "alias database loop for " + name);
    }
    return switch (tables.find(name)) {
      case AliasTables.Entry.None() -> null;
      case AliasTables.Entry.Unavailable(String reason) -> {
        planner.warn(reason + ": lookup of '" + name + "' failed");
        yield Planner.aliasesUnavailable(scope);
      }
      case AliasTables.Entry.Found found -> follow(scope, name, found);
    };
  }

  private Plan follow(Scope above, String name, AliasTables.Entry.Found found)
      throws IOException, InterruptedException {
    Scope scope = above.inside(Source.ALIAS, name);
    switch (found.owner()) {
      case TableOwner.Trusted() -> scope = scope.withRights(Rights.NONE);
      case TableOwner.Unknown(String reason) -> {
        planner.warn("no owner UID for alias database " + found.table() + ": " + reason);
        return Planner.fail(scope, "4.3.0", "mail system configuration error");
      }
      case TableOwner.User(long uid) -> {
        Optional<Account> account = planner.people.find(uid);
        if (account.isEmpty()) {
          planner.warn("cannot find alias database owner for " + found.table());
          return Planner.fail(scope, "4.3.0", "cannot find alias database owner");
        }
        scope = scope.withRights(Rights.of(account.get()));
      }
    }
    if (!settings.frozenDeliveredTo) {
      scope = scope.withDelivered(scope.address());
    }
    return expanded(scope, name, found);
  }

  private Plan expanded(Scope above, String name, AliasTables.Entry.Found found)
      throws IOException, InterruptedException {
    Scope scope = above;
    @Nullable Mailbox owner = null;
    if (settings.ownerRequestSpecial) {
      switch (tables.find(OWNER + name)) {
        case AliasTables.Entry.Unavailable(String reason) -> {
          planner.warn(reason + ": lookup of '" + OWNER + name + "' failed");
          return Planner.aliasesUnavailable(scope);
        }
        case AliasTables.Entry.Found entry -> owner = owner(OWNER + name, entry.value());
        case AliasTables.Entry.None() -> {}
      }
    }
    if (owner != null) {
      scope = scope.ownedBy(owner);
    } else if (settings.resetOwnerAlias) {
      scope = scope.passedThrough(null);
    }
    List<AliasTarget> targets = Targets.parse(found.value());
    if (targets.isEmpty()) {
      planner.warn("no recipient in alias lookup result for " + name);
      return Planner.aliasesUnavailable(scope);
    }
    return new Plan.Branch(
        above,
        new Plan.ListName.Alias(found.table(), name, owner == null ? null : owner.internal()),
        List.of(planner.targets(scope.withReportedSuccess(), targets)));
  }

  private Mailbox owner(String alias, String value) {
    if (settings.expandOwnerAlias) {
      List<Mailbox> written = AddressList.parse(value).mailboxes();
      if (!written.isEmpty()) {
        return settings.rewriter.local(written.getFirst());
      }
    }
    return new Mailbox(alias, settings.origin);
  }

  /**
   * A file, a command or a loop, whose failure the owner of the list hears of, if there is one: the
   * sender cannot put that right.
   */
  Plan reportedToOwner(Scope scope, Act act) {
    if (!settings.ownerRequestSpecial) {
      return new Plan.Leaf(scope, act);
    }
    Name name = Name.of(scope.address(), settings.separator);
    for (String key :
        name.extension() == null ? List.of(name.local()) : List.of(name.local(), name.user())) {
      switch (tables.find(OWNER + key)) {
        case AliasTables.Entry.Found found -> {
          Mailbox owner = owner(OWNER + key, found.value());
          return new Plan.Leaf(scope.reportingTo(owner), act);
        }
        case AliasTables.Entry.None() -> {}
        case AliasTables.Entry.Unavailable(String reason) -> {
          planner.warn(reason + ": lookup of '" + OWNER + key + "' failed");
          return act instanceof Act.Fail
              ? Planner.aliasesUnavailable(scope)
              : new Plan.Leaf(scope, act);
        }
      }
    }
    return new Plan.Leaf(scope, act);
  }
}

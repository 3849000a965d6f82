package dev.postrider.local;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.table.AliasTarget;
import dev.postrider.table.Extension;
import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import dev.postrider.table.Tables;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Expands local names through alias_maps (aliases(5)). Immutable and safe on any thread.
 *
 * <p>An alias with one target that is a local name is followed here. One with several becomes a new
 * message to all of them, whose recipients are expanded when that message is delivered: so a
 * failure of one never repeats the others.
 */
final class Aliases {
  /** More steps than any sane alias file has. */
  private static final int NESTING_LIMIT = 100;

  private final LookupTable table;
  private final String delimiters;
  private final String origin;
  private final Predicate<String> localDomain;

  Aliases(Config config, Tables tables, Predicate<String> localDomain) throws ConfigException {
    this.table = tables.chainTrusted(config.list("alias_maps"));
    this.delimiters = config.text("recipient_delimiter");
    this.origin = config.text("myorigin");
    this.localDomain = localDomain;
  }

  Expansion expand(String localPart) {
    String name = localPart.toLowerCase(Locale.ROOT);
    Set<String> seen = new HashSet<>();
    for (int level = 0; level < NESTING_LIMIT; level++) {
      switch (step(name, seen)) {
        case Step.Next(String next) -> name = next;
        case Step.End(Expansion end) -> {
          return end;
        }
      }
    }
    return new Expansion.Refuse("5.4.6", "recipient nesting limit exceeded");
  }

  private sealed interface Step {
    record Next(String name) implements Step {}

    record End(Expansion expansion) implements Step {}
  }

  private Step step(String name, Set<String> seen) {
    int split = Extension.start(name, delimiters);
    String base = split < 0 ? name : name.substring(0, split);
    Expansion.ToUser user = new Expansion.ToUser(base, split < 0 ? "" : name.substring(split + 1));
    for (String key : split < 0 ? List.of(name) : List.of(name, base)) {
      // A name that leads back to itself ends at the user of that name.
      if (!seen.add(key)) {
        return new Step.End(user);
      }
      switch (table.lookup(key)) {
        case Lookup.Found(String value) -> {
          return follow(key, value, user);
        }
        case Lookup.NotFound() -> {}
        case Lookup.Unavailable _ -> {
          return new Step.End(new Expansion.Wait("4.3.0", "alias database unavailable"));
        }
      }
    }
    return new Step.End(user);
  }

  private Step follow(String alias, String value, Expansion.ToUser user) {
    Map<String, Mailbox> targets = new LinkedHashMap<>();
    boolean self = false;
    for (AliasTarget target : AliasTarget.parse(value)) {
      @Nullable String unsupported =
          switch (target) {
            case AliasTarget.Address _ -> null;
            case AliasTarget.Command(String command) -> "\"|" + command + "\" is a command";
            case AliasTarget.FileName(String path) -> "\"" + path + "\" is a file";
            case AliasTarget.Include(String path) -> "\":include:" + path + "\" is a list file";
            case AliasTarget.Unusable(String text) -> "\"" + text + "\" is no address";
          };
      if (unsupported != null) {
        return wait(alias, unsupported);
      }
      if (target instanceof AliasTarget.Address(Mailbox written)) {
        Mailbox mailbox = written.qualified(origin);
        if (isLocal(mailbox) && mailbox.localPart().equalsIgnoreCase(alias)) {
          self = true;
        } else {
          targets.putIfAbsent(
              isLocal(mailbox) ? mailbox.key().toLowerCase(Locale.ROOT) : mailbox.key(), mailbox);
        }
      }
    }
    if (targets.isEmpty()) {
      return self ? new Step.End(user) : wait(alias, "its right-hand side holds no address");
    }
    Mailbox first = targets.values().iterator().next();
    return switch (owner(alias)) {
      case Lookup.Unavailable _ ->
          new Step.End(new Expansion.Wait("4.3.0", "alias database unavailable"));
      case Lookup.Found _ -> forward(targets, self ? user : null, "owner-" + alias);
      case Lookup.NotFound() ->
          targets.size() == 1 && !self && isLocal(first)
              ? new Step.Next(first.localPart().toLowerCase(Locale.ROOT))
              : forward(targets, self ? user : null, null);
    };
  }

  private static Step forward(
      Map<String, Mailbox> targets, Expansion.@Nullable ToUser self, @Nullable String owner) {
    return new Step.End(new Expansion.Forward(List.copyOf(targets.values()), self, owner));
  }

  private Lookup owner(String alias) {
    return alias.startsWith("owner-") ? new Lookup.NotFound() : table.lookup("owner-" + alias);
  }

  private Step wait(String alias, String what) {
    return new Step.End(
        new Expansion.Wait(
            "4.3.0",
            "alias \""
                + alias
                + "\" in "
                + table.name()
                + ": "
                + what
                + ", and this version delivers to addresses and mailboxes only; correct that line"));
  }

  private boolean isLocal(Mailbox mailbox) {
    return localDomain.test(mailbox.domain());
  }
}

package dev.postrider.doctor;

import dev.postrider.config.ConfigException;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.route.LocalDomains;
import dev.postrider.table.AddressLookup;
import dev.postrider.table.AliasTarget;
import dev.postrider.table.DomainList;
import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import dev.postrider.table.RecipientDelimiter;
import dev.postrider.table.Tables;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Follows virtual aliases and aliases from a name to where its mail ends. For one thread. */
final class AliasEnds {
  /** Beyond that it is a list of people, of which some will read their mail. */
  private static final int MOST = 200;

  /** Where mail ends. */
  sealed interface End {
    /** At another machine. */
    record Elsewhere(String address) implements End {}

    /** In the mailbox of an account of this machine. */
    record LocalUser(String name) implements End {}

    /** With a command, in a file or in a list. */
    record Program(String target) implements End {}
  }

  private final AddressLookup virtual;
  private final LookupTable aliases;
  private final LocalDomains local;
  private final String origin;

  AliasEnds(Subject subject, Tables tables) throws ConfigException {
    this.local = new LocalDomains(subject.config(), tables::open);
    this.virtual =
        AddressLookup.of(
            "virtual_alias_maps",
            subject.config().list("virtual_alias_maps"),
            tables::open,
            new AddressLookup.Rules(
                RecipientDelimiter.of(subject.config()), local::matchOrOrigin, mailbox -> mailbox));
    this.aliases = tables.chain(subject.config().list("alias_maps"));
    this.origin = subject.config().text("myorigin");
  }

  /** All ends of the mail for a name of this machine. */
  List<End> of(String name) throws IOException {
    List<End> ends = new ArrayList<>();
    follow(new Mailbox(name, origin), new LinkedHashSet<>(), ends);
    return ends;
  }

  private void follow(Mailbox address, Set<String> seen, List<End> ends) throws IOException {
    Mailbox whole = address.domain().isEmpty() ? new Mailbox(address.localPart(), origin) : address;
    if (ends.size() > MOST || !seen.add(whole.internal().toLowerCase(Locale.ROOT))) {
      return;
    }
    switch (virtual.find(whole)) {
      case AddressLookup.Found.Entry entry -> {
        targets(entry.value(), seen, ends);
        return;
      }
      case AddressLookup.Found.Unavailable(String reason) -> throw new IOException(reason);
      case AddressLookup.Found.Nothing _ -> {}
    }
    if (!(local.match(whole.domain()) instanceof DomainList.Yes)) {
      ends.add(new End.Elsewhere(whole.internal()));
      return;
    }
    String name = whole.localPart().toLowerCase(Locale.ROOT);
    switch (aliases.lookup(name)) {
      case Lookup.Found(String value) -> targets(value, seen, ends);
      case Lookup.NotFound _ -> ends.add(new End.LocalUser(name));
      case Lookup.Unavailable(String reason) -> throw new IOException(reason);
    }
    // An alias that names itself means the user.
    if (aliases.lookup(name) instanceof Lookup.Found(String value)
        && AliasTarget.parse(value).stream().anyMatch(each -> isUser(each, name))) {
      ends.add(new End.LocalUser(name));
    }
  }

  private static boolean isUser(AliasTarget target, String name) {
    return target instanceof AliasTarget.Address(Mailbox mailbox)
        && mailbox.domain().isEmpty()
        && mailbox.localPart().equalsIgnoreCase(name);
  }

  private void targets(String value, Set<String> seen, List<End> ends) throws IOException {
    for (AliasTarget target : AliasTarget.parse(value)) {
      switch (target) {
        case AliasTarget.Address(Mailbox mailbox) -> follow(mailbox, seen, ends);
        case AliasTarget.Command(String command) -> ends.add(new End.Program("|" + command));
        case AliasTarget.FileName(String path) -> ends.add(new End.Program(path));
        case AliasTarget.HomeFile(String path) -> ends.add(new End.Program("~" + path));
        case AliasTarget.Include(String path) ->
            ends.add(new End.Program(AliasTarget.INCLUDE + path));
        case AliasTarget.Unusable _ -> {}
      }
    }
  }
}

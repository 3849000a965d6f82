package dev.postrider.virtual;

import dev.postrider.config.Config;
import dev.postrider.helper.Identity;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.route.AddressRules;
import dev.postrider.route.LocalDomains;
import dev.postrider.route.Rewriter;
import dev.postrider.table.AddressLookup;
import dev.postrider.table.AddressLookup.Found;
import dev.postrider.table.TableSource;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Finds mailboxes in virtual_mailbox_maps, virtual_uid_maps and virtual_gid_maps, by the address in
 * lower case: {@code user+extension@domain}, {@code user@domain}, {@code @domain}. Safe on any
 * thread.
 */
final class Places {
  private static final String MAILBOXES = "virtual_mailbox_maps";
  private static final String UIDS = "virtual_uid_maps";
  private static final String GIDS = "virtual_gid_maps";

  private final String base;
  private final long leastUid;
  private final AddressLookup mailboxes;
  private final AddressLookup uids;
  private final AddressLookup gids;

  Places(Config config, TableSource tables) {
    this.base = config.text("virtual_mailbox_base");
    this.leastUid = config.number("virtual_minimum_uid");
    AddressLookup.Rules rules =
        AddressRules.of(config, new LocalDomains(config, tables), new Rewriter(config));
    this.mailboxes = AddressLookup.of(MAILBOXES, config.list(MAILBOXES), tables, rules);
    this.uids = AddressLookup.of(UIDS, config.list(UIDS), tables, rules);
    this.gids = AddressLookup.of(GIDS, config.list(GIDS), tables, rules);
  }

  Place of(Mailbox recipient) {
    if (!base.startsWith("/")) {
      return new Place.Unusable(
          "virtual_mailbox_base = "
              + base
              + ": do not specify a relative pathname (name the directory that the mailboxes are"
              + " in)");
    }
    Mailbox key = new Mailbox(lower(recipient.localPart()), lower(recipient.domain()));
    return switch (mailboxes.find(key)) {
      case Found.Nothing _ -> new Place.Nowhere();
      case Found.Unavailable(String reason) -> unavailable(MAILBOXES, key, reason);
      case Found.Entry(_, _, String value, _) -> mailbox(key, value);
    };
  }

  private Place mailbox(Mailbox key, String value) {
    Path path;
    try {
      path = Path.of(base + "/" + value);
    } catch (InvalidPathException e) {
      return entry(key, value, MAILBOXES, "is no file name");
    }
    for (Path part : path) {
      if (part.toString().equals("..")) {
        // Also where the entry is a pattern's, and the recipient's name is what leads upward.
        return entry(key, value, MAILBOXES, "leads upward");
      }
    }
    return switch (number(uids, UIDS, key, leastUid)) {
      case Id.Bad(String reason) -> new Place.Unusable(reason);
      case Id.Good(long uid) ->
          switch (number(gids, GIDS, key, 1)) {
            case Id.Bad(String reason) -> new Place.Unusable(reason);
            case Id.Good(long gid) ->
                new Place.Mailbox(
                    path.normalize(), value.endsWith("/"), new Identity("", uid, gid));
          };
    };
  }

  private sealed interface Id {
    record Good(long value) implements Id {}

    record Bad(String reason) implements Id {}
  }

  private static Id number(AddressLookup table, String parameter, Mailbox key, long least) {
    return switch (table.find(key)) {
      case Found.Nothing _ ->
          new Id.Bad(
              "recipient %s: not found in %s (add an entry, or set %s = static:NUMBER)"
                  .formatted(key.internal(), parameter, parameter));
      case Found.Unavailable(String reason) ->
          new Id.Bad(unavailable(parameter, key, reason).reason());
      case Found.Entry(_, _, String value, _) -> {
        String digits = value.strip();
        long number = digits.matches("\\d{1,10}") ? Long.parseLong(digits) : -1;
        yield number >= least && number <= 0xffff_fffeL
            ? new Id.Good(number)
            : new Id.Bad(
                "recipient %s: bad %s %s in %s (use a number from %d on)"
                    .formatted(
                        key.internal(),
                        parameter.equals(UIDS) ? "uid" : "gid",
                        value,
                        parameter,
                        least));
      }
    };
  }

  private static Place.Unusable unavailable(String parameter, Mailbox key, String reason) {
    return new Place.Unusable(
        "table %s: lookup %s: %s".formatted(parameter, key.internal(), reason));
  }

  private static Place.Unusable entry(Mailbox key, String value, String parameter, String fault) {
    return new Place.Unusable(
        "recipient %s: \"%s\" in %s %s (name a file or a directory below virtual_mailbox_base)"
            .formatted(key.internal(), value, parameter, fault));
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}

package dev.postrider.policy;

import dev.postrider.config.Config;
import dev.postrider.delivery.NextHop;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.reply.EnhancedStatusCode;
import dev.postrider.mail.reply.Reply;
import dev.postrider.mapping.AddressMappings;
import dev.postrider.route.AddressClass;
import dev.postrider.route.AddressRules;
import dev.postrider.route.LocalDomains;
import dev.postrider.route.Resolution;
import dev.postrider.route.Rewriter;
import dev.postrider.route.Route;
import dev.postrider.route.Router;
import dev.postrider.table.AddressLookup;
import dev.postrider.table.TableSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which addresses of this host's domains exist: an address that does not is refused before its mail
 * is taken (local_recipient_maps and its like). Immutable; safe on any thread.
 */
final class ListedAddresses {
  /** Whose address is asked about. */
  enum Subject {
    SENDER("Sender address"),
    RECIPIENT("Recipient address");

    final String noun;

    Subject(String noun) {
      this.noun = noun;
    }
  }

  /** The table of one address class, and what a refusal says. */
  private record Listing(AddressLookup table, int code, String tableWords) {}

  private static final String CANNOT_TELL = ": Temporary lookup failure";

  private final Router router;
  private final AddressMappings mappings;
  private final Map<AddressClass, Listing> listings = new EnumMap<>(AddressClass.class);
  private final int aliasCode;
  private final boolean showsTable;
  private final String doubleBounce;

  ListedAddresses(Config config, Router router, TableSource tables) {
    this.router = router;
    // Of one's own: a service's line in master.cf may name other tables than those that rewrite its
    // mail. Tables of the same name are opened once for all.
    this.mappings = new AddressMappings(config, tables);
    this.aliasCode = config.number("unknown_virtual_alias_reject_code");
    this.showsTable = config.flag("show_user_unknown_table_name");
    this.doubleBounce = config.text("double_bounce_sender");
    AddressLookup.Rules rules =
        AddressRules.of(config, new LocalDomains(config, tables), new Rewriter(config));
    put(
        AddressClass.LOCAL,
        new Names("local_recipient_maps", "unknown_local_recipient_reject_code", "local"),
        config,
        tables,
        rules);
    put(
        AddressClass.VIRTUAL_MAILBOX,
        new Names("virtual_mailbox_maps", "unknown_virtual_mailbox_reject_code", "virtual mailbox"),
        config,
        tables,
        rules);
    put(
        AddressClass.RELAY,
        new Names("relay_recipient_maps", "unknown_relay_recipient_reject_code", "relay recipient"),
        config,
        tables,
        rules);
  }

  private record Names(String parameter, String code, String words) {}

  private void put(
      AddressClass addressClass,
      Names names,
      Config config,
      TableSource tables,
      AddressLookup.Rules rules) {
    AddressLookup table =
        AddressLookup.of(names.parameter(), config.list(names.parameter()), tables, rules);
    if (!table.isEmpty()) {
      String words = names.words().equals("local") ? "local recipient" : names.words();
      listings.put(
          addressClass, new Listing(table, config.number(names.code()), " in " + words + " table"));
    }
  }

  /**
   * The refusal of an address that does not exist, or of one that nobody can tell about now.
   *
   * @param other the other end of the message, as it decides the route too
   */
  Optional<Reply> refusal(Subject subject, Mailbox address, ReversePath other) {
    Resolution to = router.resolve(other, address);
    AddressMappings.Known known =
        subject == Subject.SENDER
            ? mappings.mapsSender(to.recipient())
            : mappings.maps(to.recipient());
    return switch (known) {
      case AddressMappings.Known.Yes _ -> Optional.empty();
      case AddressMappings.Known.Unknown _ -> Optional.of(cannotTell(address));
      case AddressMappings.Known.No _ -> unmapped(subject, address, to);
    };
  }

  private Optional<Reply> unmapped(Subject subject, Mailbox address, Resolution to) {
    return switch (to.route()) {
      case Route.Unknown _ -> Optional.of(cannotTell(address));
      case Route.Refused(var code, var text) ->
          Optional.of(
              refusal(
                  to.addressClass() == AddressClass.VIRTUAL_ALIAS ? aliasCode : 550,
                  coded(subject, code.toString()),
                  address,
                  subject.noun + " rejected: " + text));
      case Route.To(var nextHop) -> {
        Optional<Reply> fixed = fixedFate(subject, address, nextHop);
        yield fixed.isPresent() ? fixed : unlisted(subject, address, to);
      }
    };
  }

  /** A transport that returns everything, or keeps it waiting, can as well say so at once. */
  private static Optional<Reply> fixedFate(Subject subject, Mailbox address, NextHop nextHop) {
    int klass =
        nextHop.transport().equals("error") ? 5 : nextHop.transport().equals("retry") ? 4 : 0;
    if (klass == 0) {
      return Optional.empty();
    }
    String text = nextHop.destination().strip();
    int end = EnhancedStatusCode.prefixLength(text);
    Optional<EnhancedStatusCode> code = EnhancedStatusCode.parse(text.substring(0, end));
    String words = code.isPresent() ? text.substring(end).strip() : text;
    String status =
        code.isPresent() && code.get().klass() == klass
            ? code.get().toString()
            : klass + ".1." + (subject == Subject.SENDER ? "0" : "1");
    return Optional.of(
        refusal(
            klass == 5 ? 550 : 450,
            coded(subject, status),
            address,
            subject.noun + " rejected: " + words));
  }

  private Optional<Reply> unlisted(Subject subject, Mailbox address, Resolution to) {
    Listing listing = listings.get(to.addressClass());
    boolean always = to.addressClass() == AddressClass.LOCAL && isOwn(to.recipient().localPart());
    if (listing == null || always) {
      return Optional.empty();
    }
    return switch (listing.table().find(to.recipient())) {
      case AddressLookup.Found.Entry _ -> Optional.empty();
      case AddressLookup.Found.Unavailable _ -> Optional.of(cannotTell(address));
      case AddressLookup.Found.Nothing _ ->
          Optional.of(
              refusal(
                  listing.code(),
                  subject == Subject.SENDER ? "5.1.0" : "5.1.1",
                  address,
                  subject.noun
                      + " rejected: User unknown"
                      + (showsTable ? listing.tableWords() : "")));
    };
  }

  /** Names of the mail system itself, which no table need list. */
  private boolean isOwn(String localPart) {
    return localPart.equalsIgnoreCase(doubleBounce)
        || localPart.equalsIgnoreCase("postmaster")
        || localPart.equalsIgnoreCase("mailer-daemon");
  }

  /**
   * A code about an address, turned into what says the same of a sender's or a recipient's (RFC
   * 3463 §3.2); any other code stays.
   */
  private static String coded(Subject subject, String status) {
    if (!status.startsWith(".1.", 1)) {
      return status;
    }
    String detail =
        switch (subject) {
          case SENDER ->
              switch (status.substring(4)) {
                case "2", "8" -> "8";
                case "1", "3", "4", "6", "7" -> "7";
                default -> "0";
              };
          case RECIPIENT ->
              switch (status.substring(4)) {
                case "7" -> "3";
                case "8" -> "2";
                case "1", "2", "3", "4", "5", "6" -> status.substring(4);
                default -> "0";
              };
        };
    return status.substring(0, 4) + detail;
  }

  private static Reply cannotTell(Mailbox address) {
    return Reply.of(451, "4.3.0 <" + address.internal() + ">" + CANNOT_TELL);
  }

  private static Reply refusal(int code, String status, Mailbox address, String text) {
    // The code is the administrator's choice; both must say the same (RFC 2034 §4).
    String agreeing = code / 100 + status.substring(1);
    return Reply.of(code, agreeing + " <" + address.internal() + ">: " + text);
  }
}

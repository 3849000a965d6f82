package dev.postrider.policy;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.reply.Reply;
import dev.postrider.route.AddressClass;
import dev.postrider.route.Resolution;
import dev.postrider.route.Route;
import dev.postrider.route.Router;
import dev.postrider.table.TableSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who may send to whom: the smtpd_*_restrictions, judged when a recipient is named
 * (smtpd_delay_reject). Immutable; safe on any thread.
 *
 * <p>A list that permits lets the next list speak; one that rejects ends the matter.
 */
public final class AccessPolicy {
  /**
   * Everything there is to judge by.
   *
   * @param client who connects
   * @param authenticated whether it proved who it is
   * @param helo what it called itself; may be empty
   * @param sender the reverse-path
   * @param recipient the one asked about
   */
  public record Request(
      ClientFacts client,
      boolean authenticated,
      String helo,
      ReversePath sender,
      Mailbox recipient) {}

  private final List<RestrictionList> lists;
  private final Router router;
  private final ListedAddresses listed;
  private final boolean untrustedRouting;
  private final boolean rejectsUnlistedSender;
  private final boolean rejectsUnlistedRecipient;
  private final int rejectCode;
  private final int deferCode;
  private final int relayCode;

  private AccessPolicy(List<RestrictionList> lists, Config config, TableSource tables) {
    this.lists = List.copyOf(lists);
    this.router = new Router(config, _ -> true, tables);
    this.listed = new ListedAddresses(config, router, tables);
    this.untrustedRouting = config.flag("allow_untrusted_routing");
    this.rejectsUnlistedSender = config.flag("smtpd_reject_unlisted_sender");
    this.rejectsUnlistedRecipient = config.flag("smtpd_reject_unlisted_recipient");
    this.rejectCode = config.number("reject_code");
    this.deferCode = config.number("defer_code");
    this.relayCode = config.number("relay_domains_reject_code");
  }

  /**
   * Reads the restrictions of main.cf.
   *
   * @throws ConfigException if a list cannot be used, or if nothing in it would keep strangers from
   *     relaying
   */
  public static AccessPolicy of(Config config, TableSource tables) throws ConfigException {
    return new AccessPolicy(lists(config), config, tables);
  }

  /**
   * Whether a policy could be made of this, as far as no table has to be opened for it.
   *
   * @throws ConfigException as {@link #of} does
   */
  public static void check(Config config) throws ConfigException {
    lists(config);
  }

  private static List<RestrictionList> lists(Config config) throws ConfigException {
    List<RestrictionList> lists = new ArrayList<>();
    lists.add(RestrictionList.of(RestrictionList.Subject.CLIENT, config));
    lists.add(RestrictionList.of(RestrictionList.Subject.HELO, config));
    lists.add(RestrictionList.of(RestrictionList.Subject.SENDER, config));
    RestrictionList relay = RestrictionList.of(RestrictionList.Subject.RELAY, config);
    RestrictionList recipient = RestrictionList.of(RestrictionList.Subject.RECIPIENT, config);
    if (!relay.stopsStrangers() && !recipient.stopsStrangers()) {
      throw new ConfigException(
          "in parameter smtpd_relay_restrictions or smtpd_recipient_restrictions, specify at least"
              + " one working instance of: reject_unauth_destination, defer_unauth_destination,"
              + " reject, defer (without one, anybody could relay mail through this host)");
    }
    boolean relayFirst = config.text("smtpd_relay_before_recipient_restrictions").equals("yes");
    lists.add(relayFirst ? relay : recipient);
    lists.add(relayFirst ? recipient : relay);
    return lists;
  }

  /** Whether this recipient is taken. */
  public Verdict judge(Request request) {
    if (request.client().standAlone()) {
      return new Verdict.Permit();
    }
    Mailbox recipient = request.recipient();
    if (recipient.domain().isEmpty() && recipient.localPart().equalsIgnoreCase("postmaster")) {
      // RFC 5321 §4.5.1: always somebody here.
      return new Verdict.Permit();
    }
    for (RestrictionList list : lists) {
      if (judge(list, request) instanceof Verdict.Reject reject) {
        return reject;
      }
    }
    return judgeAddresses(request);
  }

  /** Whatever the lists permit, mail for somebody who does not exist is not taken. */
  private Verdict judgeAddresses(Request request) {
    if (rejectsUnlistedSender && unlistedSender(request) instanceof Verdict.Reject reject) {
      return reject;
    }
    return rejectsUnlistedRecipient && unlistedRecipient(request) instanceof Verdict.Reject reject
        ? reject
        : new Verdict.Permit();
  }

  private Verdict unlistedSender(Request request) {
    return request.sender() instanceof ReversePath.Sender(Mailbox mailbox)
        ? unlisted(ListedAddresses.Subject.SENDER, mailbox, ReversePath.of(request.recipient()))
        : new Verdict.Undecided();
  }

  private Verdict unlistedRecipient(Request request) {
    return unlisted(ListedAddresses.Subject.RECIPIENT, request.recipient(), request.sender());
  }

  private Verdict unlisted(ListedAddresses.Subject subject, Mailbox address, ReversePath other) {
    Optional<Reply> refusal = listed.refusal(subject, address, other);
    return refusal.isPresent() ? new Verdict.Reject(refusal.get()) : new Verdict.Undecided();
  }

  private Verdict judge(RestrictionList list, Request request) {
    for (Restriction restriction : list.restrictions()) {
      Verdict verdict = judge(restriction, list.subject(), request);
      if (!(verdict instanceof Verdict.Undecided)) {
        return verdict;
      }
    }
    return new Verdict.Undecided();
  }

  private Verdict judge(Restriction restriction, RestrictionList.Subject subject, Request request) {
    return switch (restriction) {
      case PERMIT_MYNETWORKS -> permitIf(request.client().trusted());
      case PERMIT_SASL_AUTHENTICATED -> permitIf(request.authenticated());
      case PERMIT -> new Verdict.Permit();
      case REJECT -> refusal(rejectCode, subject, request, "Access denied");
      case DEFER -> refusal(deferCode, subject, request, "Try again later");
      case REJECT_UNAUTH_DESTINATION -> unauthorized(relayCode, request);
      case REJECT_UNLISTED_SENDER -> unlistedSender(request);
      case REJECT_UNLISTED_RECIPIENT -> unlistedRecipient(request);
      case DEFER_UNAUTH_DESTINATION -> unauthorized(relayCode % 100 + 400, request);
    };
  }

  private static Verdict permitIf(boolean condition) {
    return condition ? new Verdict.Permit() : new Verdict.Undecided();
  }

  private Verdict unauthorized(int code, Request request) {
    Mailbox recipient = request.recipient();
    Resolution to = router.resolve(request.sender(), recipient);
    if (to.route() instanceof Route.Unknown) {
      return new Verdict.Reject(
          Reply.of(451, "4.3.0 <" + recipient.internal() + ">: Temporary lookup failure"));
    }
    boolean ours = to.addressClass().isFinal() || to.addressClass() == AddressClass.RELAY;
    return ours && (untrustedRouting || !to.routed())
        ? new Verdict.Undecided()
        : rejection(code, recipient.internal(), "Relay access denied");
  }

  private static Verdict refusal(
      int code, RestrictionList.Subject subject, Request request, String why) {
    String what =
        switch (subject) {
          case CLIENT -> request.client().nameAndAddress();
          case HELO -> request.helo();
          case SENDER -> request.sender().internal();
          case RELAY, RECIPIENT -> request.recipient().internal();
        };
    return rejection(code, what, subject.noun + " rejected: " + why);
  }

  private static Verdict rejection(int code, String what, String why) {
    return new Verdict.Reject(Reply.of(code, (code / 100) + ".7.1 <" + what + ">: " + why));
  }
}

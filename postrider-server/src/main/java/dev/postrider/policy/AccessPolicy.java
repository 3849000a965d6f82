package dev.postrider.policy;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.reply.Reply;
import dev.postrider.table.TableSource;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

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
  private final Destinations destinations;
  private final int rejectCode;
  private final int deferCode;
  private final int relayCode;

  private AccessPolicy(List<RestrictionList> lists, Destinations destinations, Config config) {
    this.lists = List.copyOf(lists);
    this.destinations = destinations;
    this.rejectCode = config.number("reject_code");
    this.deferCode = config.number("defer_code");
    this.relayCode = config.number("relay_domains_reject_code");
  }

  /**
   * Reads the restrictions of main.cf.
   *
   * @param ownAddresses the addresses of this host, for {@code user@[192.0.2.1]}
   * @throws ConfigException if a list cannot be used, or if nothing in it would keep strangers from
   *     relaying
   */
  public static AccessPolicy of(Config config, TableSource tables, Set<InetAddress> ownAddresses)
      throws ConfigException {
    return new AccessPolicy(lists(config), Destinations.of(config, tables, ownAddresses), config);
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
    for (RestrictionList list : lists) {
      if (judge(list, request) instanceof Verdict.Reject reject) {
        return reject;
      }
    }
    return new Verdict.Permit();
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
      case REJECT_UNAUTH_DESTINATION -> unauthorized(relayCode, request.recipient());
      case DEFER_UNAUTH_DESTINATION -> unauthorized(relayCode % 100 + 400, request.recipient());
    };
  }

  private static Verdict permitIf(boolean condition) {
    return condition ? new Verdict.Permit() : new Verdict.Undecided();
  }

  private Verdict unauthorized(int code, Mailbox recipient) {
    return switch (destinations.include(recipient)) {
      case YES -> new Verdict.Undecided();
      case NO -> rejection(code, recipient.internal(), "Relay access denied");
      case UNKNOWN ->
          new Verdict.Reject(
              Reply.of(451, "4.3.0 <" + recipient.internal() + ">: Temporary lookup failure"));
    };
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

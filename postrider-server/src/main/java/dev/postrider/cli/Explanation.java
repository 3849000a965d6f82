package dev.postrider.cli;

import dev.postrider.delivery.NextHop;
import dev.postrider.delivery.Outlook;
import dev.postrider.delivery.Trace;
import dev.postrider.delivery.Transport;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.reply.Reply;
import dev.postrider.mapping.MessageMapping;
import dev.postrider.policy.AccessPolicy;
import dev.postrider.policy.ClientFacts;
import dev.postrider.policy.Verdict;
import dev.postrider.route.From;
import dev.postrider.route.Resolution;
import dev.postrider.route.Route;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that would happen to an address, as the parts of the mail system say it themselves.
 * Immutable.
 *
 * @param asked the address as it was given
 * @param sender of the envelope, after mapping; empty for the null sender
 * @param refusal the SMTP server's reply to the client asked about, or null if it takes the mail or
 *     was not asked
 * @param senderSteps what was done with the sender
 * @param recipientSteps what was done with the recipient until it was stored
 * @param waiting why the message would not be taken now, or null
 * @param ends where the mail goes: one for each address that the recipient became
 */
record Explanation(
    String asked,
    String sender,
    @Nullable Reply refusal,
    List<Trace.Step> senderSteps,
    List<Trace.Step> recipientSteps,
    @Nullable String waiting,
    List<End> ends) {
  Explanation {
    senderSteps = List.copyOf(senderSteps);
    recipientSteps = List.copyOf(recipientSteps);
    ends = List.copyOf(ends);
  }

  /** What becomes of the mail for one address. */
  enum Fate {
    /** A transport takes it. */
    ROUTED,
    /** It waits in the queue. */
    DEFERRED,
    /** It goes back to the sender. */
    BOUNCED
  }

  /**
   * Where the mail for one address goes.
   *
   * @param recipient as the transport gets it
   * @param addressClass of its domain, in Postfix's words
   * @param nextHop the transport and its destination, or null if it has none
   * @param reason why it is bounced or deferred; empty if it is not
   * @param routing what decided where it goes
   * @param delivery what the transport does with it
   */
  record End(
      String recipient,
      String addressClass,
      Fate fate,
      @Nullable NextHop nextHop,
      String reason,
      List<Trace.Step> routing,
      List<Trace.Step> delivery) {
    End {
      routing = List.copyOf(routing);
      delivery = List.copyOf(delivery);
    }

    static End without(Resolution to, Fate fate, String reason, List<Trace.Step> routing) {
      return new End(to.recipient().external(), words(to), fate, null, reason, routing, List.of());
    }
  }

  /** Finds out. May wait for tables and the DNS. */
  static Explanation of(Explain.Parts parts, Mailbox asked, From from, @Nullable ClientFacts client)
      throws InterruptedException {
    List<Trace.Step> senderSteps = new ArrayList<>();
    MessageMapping senderMapping = parts.mappings().begin(senderSteps::add);
    ReversePath sender = from.sender();
    ReversePath mapped = senderMapping.sender(sender);

    List<Trace.Step> steps = new ArrayList<>();
    MessageMapping mapping = parts.mappings().begin(steps::add);
    Mailbox recipient = mapping.recipient(asked);
    List<Mailbox> finals = new ArrayList<>(mapping.expand(recipient));
    finals.addAll(mapping.alsoFor(mapped));
    finals.addAll(mapping.alsoFor(recipient));
    finals.addAll(mapping.alsoAlways());
    MessageMapping.@Nullable Failure failure =
        mapping.failure() == null ? senderMapping.failure() : mapping.failure();

    List<End> ends = new ArrayList<>();
    if (failure == null) {
      for (Mailbox each : finals) {
        ends.add(end(parts, new From(mapped, from.submitter()), each));
      }
    }
    return new Explanation(
        asked.external(),
        mapped.external(),
        client == null ? null : refusal(parts.access(), client, sender, asked),
        senderSteps,
        steps,
        failure == null ? null : failure.reason(),
        ends);
  }

  private static @Nullable Reply refusal(
      AccessPolicy access, ClientFacts client, ReversePath sender, Mailbox asked) {
    Verdict verdict =
        access.judge(
            new AccessPolicy.Request(client, false, client.printedAddress(), sender, asked));
    return verdict instanceof Verdict.Reject(var reply) ? reply : null;
  }

  private static End end(Explain.Parts parts, From from, Mailbox mailbox)
      throws InterruptedException {
    List<Trace.Step> routing = new ArrayList<>();
    Resolution to = parts.router().resolve(from, mailbox, routing::add);
    switch (to.route()) {
      case Route.Refused(var code, var text) -> {
        return End.without(to, Fate.BOUNCED, code + " " + text, routing);
      }
      case Route.Unknown(var code, var text) -> {
        return End.without(to, Fate.DEFERRED, code + " " + text, routing);
      }
      case Route.To(var nextHop) -> {
        List<Trace.Step> delivery = new ArrayList<>();
        Transport transport = parts.transports().get(nextHop.transport());
        Outlook outlook =
            transport == null
                ? Outlook.WAITS
                : transport.explain(from.sender(), to.recipient(), nextHop, delivery::add);
        Fate fate =
            switch (outlook) {
              case DELIVERS -> Fate.ROUTED;
              case WAITS -> Fate.DEFERRED;
              case RETURNS -> Fate.BOUNCED;
            };
        return new End(to.recipient().external(), words(to), fate, nextHop, "", routing, delivery);
      }
    }
  }

  private static String words(Resolution to) {
    String words =
        switch (to.addressClass()) {
          case LOCAL -> "local";
          case VIRTUAL_ALIAS -> "virtual alias";
          case VIRTUAL_MAILBOX -> "virtual mailbox";
          case RELAY -> "relay";
          case DEFAULT -> "default";
        };
    String parameter = to.addressClass().parameter();
    return parameter.isEmpty() ? words : words + " (" + parameter + ")";
  }

  /** The gravest fate of all. */
  Fate fate() {
    Fate worst =
        waiting != null || (refusal != null && !refusal.isPermanent())
            ? Fate.DEFERRED
            : Fate.ROUTED;
    if (refusal != null && refusal.isPermanent()) {
      return Fate.BOUNCED;
    }
    for (End end : ends) {
      worst = end.fate().compareTo(worst) > 0 ? end.fate() : worst;
    }
    return worst;
  }
}

package dev.postrider.queue;

import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.NextHop;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.reply.EnhancedStatusCode;
import dev.postrider.route.From;
import dev.postrider.route.Resolution;
import dev.postrider.route.Route;
import dev.postrider.route.Router;
import dev.postrider.spool.StoredMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Where the recipients of one attempt go. Immutable by use.
 *
 * @param shares recipients by destination, as indexes into the envelope's list
 * @param undeliverable recipients that routing itself refuses or puts off
 */
record Itinerary(Map<DestinationKey, int[]> shares, List<Dead> undeliverable) {
  private static final EnhancedStatusCode PUT_OFF = EnhancedStatusCode.of("4.3.2");

  /** A recipient that goes nowhere in this attempt. */
  record Dead(int recipient, DeliveryStatus status) {}

  static Itinerary of(MessageAttempt attempt, Scheduler scheduler) {
    StoredMessage message = attempt.message;
    Router router = attempt.rules.setup.router();
    From from = new From(message.envelope().sender(), message.envelope().submitter());
    String delimiters = attempt.rules.delimiters;
    if (message.pending().size() == 1) {
      int index = message.pending().getFirst().index();
      Resolution to = resolve(router, attempt, from, index);
      return to.route() instanceof Route.To(var nextHop)
          ? new Itinerary(
              Map.of(key(nextHop, to.recipient(), delimiters, scheduler), new int[] {index}),
              List.of())
          : several(attempt, scheduler, delimiters);
    }
    return several(attempt, scheduler, delimiters);
  }

  private static Itinerary several(MessageAttempt attempt, Scheduler scheduler, String delimiters) {
    StoredMessage message = attempt.message;
    From from = new From(message.envelope().sender(), message.envelope().submitter());
    Map<DestinationKey, Indexes> shares = new LinkedHashMap<>();
    List<Dead> dead = new ArrayList<>();
    for (StoredMessage.Pending each : message.pending()) {
      Resolution to = resolve(attempt.rules.setup.router(), attempt, from, each.index());
      switch (to.route()) {
        case Route.To(var nextHop) ->
            shares
                .computeIfAbsent(
                    key(nextHop, to.recipient(), delimiters, scheduler), _ -> new Indexes())
                .add(each.index());
        case Route.Refused(var code, var text) ->
            dead.add(new Dead(each.index(), new DeliveryStatus.Bounced(code, text, here())));
        case Route.Unknown(var code, var text) ->
            dead.add(new Dead(each.index(), new DeliveryStatus.Deferred(code, text, here())));
      }
    }
    Map<DestinationKey, int[]> plain = new LinkedHashMap<>();
    shares.forEach((key, indexes) -> plain.put(key, indexes.toArray()));
    return new Itinerary(plain, dead);
  }

  private static Resolution resolve(Router router, MessageAttempt attempt, From from, int index) {
    Mailbox mailbox = attempt.message.envelope().recipients().get(index).mailbox();
    Resolution to = router.resolve(from, mailbox);
    if (!to.recipient().equals(mailbox)) {
      attempt.redirect(index, to.recipient());
    }
    return to;
  }

  /** All recipients share one fate: routing did not work. */
  static Itinerary nowhere(MessageAttempt attempt, DeliveryStatus status) {
    List<Dead> dead = new ArrayList<>();
    for (StoredMessage.Pending each : attempt.message.pending()) {
      dead.add(new Dead(each.index(), status));
    }
    return new Itinerary(Map.of(), dead);
  }

  /** The same without what goes by these transports: it waits for a flush. */
  Itinerary without(Set<String> transports) {
    if (transports.isEmpty()) {
      return this;
    }
    Map<DestinationKey, int[]> left = new LinkedHashMap<>();
    List<Dead> dead = new ArrayList<>(undeliverable);
    shares.forEach((key, recipients) -> {
      if (!transports.contains(key.nextHop().transport())) {
        left.put(key, recipients);
        return;
      }
      for (int recipient : recipients) {
        dead.add(
            new Dead(
                recipient, new DeliveryStatus.Deferred(PUT_OFF, "deferred transport", here())));
      }
    });
    return new Itinerary(left, dead);
  }

  private static DeliveryStatus.Attempt here() {
    return DeliveryStatus.Attempt.here("error", "none");
  }

  /** With one recipient a delivery, each mailbox is a destination; extensions share theirs. */
  private static DestinationKey key(
      NextHop nextHop, Mailbox mailbox, String delimiters, Scheduler scheduler) {
    if (scheduler.limitsOf(nextHop.transport()).recipients() != 1) {
      return new DestinationKey(nextHop, "");
    }
    String local = mailbox.localPart();
    int end = 1;
    while (end < local.length() && delimiters.indexOf(local.charAt(end)) < 0) {
      end++;
    }
    String user = local.substring(0, Math.min(end, local.length()));
    return new DestinationKey(nextHop, (user + "@" + mailbox.domain()).toLowerCase(Locale.ROOT));
  }

  /** A growing list of numbers. */
  private static final class Indexes {
    private int[] values = new int[4];
    private int size;

    void add(int value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, size * 2);
      }
      values[size++] = value;
    }

    int[] toArray() {
      return Arrays.copyOf(values, size);
    }
  }
}

package dev.postrider.smtp;

import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.DeliveryStatus.Attempt;
import dev.postrider.delivery.Retry;
import dev.postrider.delivery.StatusSink;
import dev.postrider.failure.Stage;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mail.reply.EnhancedStatusCode;
import dev.postrider.mail.reply.Reply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who of one delivery's recipients is left, and what became of the others: reported at once when it
 * is known, or kept while another host may still take the mail. For one thread.
 */
final class RecipientFates {
  private final ClientParts parts;
  private final ClientContext context;
  private final DeliveryRequest request;
  private final StatusSink sink;
  private final Diagnostics diagnostics;
  private final long begun = System.nanoTime();
  private final PassedHops hops = new PassedHops();
  private final List<Recipient> left;

  /** Why the recipients who are left were not taken by the servers tried so far. */
  private final Map<Recipient, Diagnosis> postponed = new HashMap<>();

  RecipientFates(
      ClientParts parts, DeliveryRequest request, StatusSink sink, Diagnostics diagnostics) {
    this.parts = parts;
    this.context = parts.context();
    this.request = request;
    this.sink = sink;
    this.diagnostics = diagnostics;
    this.left = new ArrayList<>(request.recipients());
  }

  /** Whether nobody is left. */
  boolean areKnown() {
    return left.isEmpty();
  }

  /** Those who are left. */
  List<Recipient> left() {
    return List.copyOf(left);
  }

  /**
   * Somebody else sees to the others.
   *
   * @param most how many stay
   * @return those who do not
   */
  List<Recipient> keepFirst(int most) {
    List<Recipient> rest = left.subList(Math.min(most, left.size()), left.size());
    List<Recipient> gone = List.copyOf(rest);
    rest.clear();
    return gone;
  }

  /** Nobody else saw to these. */
  void restore(List<Recipient> recipients) {
    left.addAll(recipients);
  }

  /** The next of the job's next hops is tried. */
  void nextHop() {
    hops.next();
  }

  /** No host is left: who still waits is reported with the last reason. */
  void end() {
    for (Recipient recipient : List.copyOf(left)) {
      Diagnosis last = postponed.get(recipient);
      if (last != null) {
        report(recipient, last);
      }
    }
  }

  /** Reports somebody whom no other host is tried for. */
  void report(Recipient recipient, Diagnosis diagnosis) {
    report(recipient, decide(diagnosis, false), diagnosis);
  }

  private FailurePolicy.Decision decide(Diagnosis diagnosis, boolean anotherHost) {
    return parts
        .policy()
        .decide(diagnosis.failure(), diagnostics.treatment(diagnosis), anotherHost);
  }

  /** One that came to nothing before any server was asked. */
  Attempt noAttempt() {
    return new Attempt(context.process(), "none", null, null, 1, begun, begun);
  }

  /**
   * What becomes of a message that is sent to all who are left.
   *
   * @param anotherHost whether there is a host left to try
   */
  Reporter reporter(ClientSession session, boolean anotherHost) {
    return new Reporter(session, anotherHost, left());
  }

  /** Reports fates as they become known. */
  final class Reporter implements MailTransaction.Fates {
    private final ClientSession session;
    private final long connected = System.nanoTime();
    private final boolean anotherHost;
    private final List<Recipient> recipients;
    private @Nullable Failure lastLogged;
    private int taken;

    private Reporter(ClientSession session, boolean anotherHost, List<Recipient> recipients) {
      this.session = session;
      this.anotherHost = anotherHost;
      this.recipients = recipients;
    }

    /** Those whom the message is for. */
    List<Recipient> recipients() {
      return recipients;
    }

    /** How many it was taken for. */
    int taken() {
      return taken;
    }

    @Override
    public void sent(int index, Reply reply) {
      Recipient recipient = recipients.get(index);
      left.remove(recipient);
      taken++;
      if (taken == 1 && !hops.isFirst()) {
        context.info(
            request.queueId()
                + ": taken by "
                + (account().isEmpty() ? session.target().label() : "account " + account())
                + " instead, because: "
                + hops.reason());
      }
      if (!context.refusals().allWork()) {
        diagnostics
            .account(session.target().host(), session.target().site())
            .ifPresent(context.refusals()::worked);
      }
      sink.report(
          recipient,
          new DeliveryStatus.Sent(
              Failure.codeOf(reply),
              reply.oneLine(),
              attempt(session.target(), reply),
              completion()));
    }

    @Override
    public void failed(int index, Failure failure) {
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
      Attempt attempt = attempt(session.target(), failure.reply());
      Diagnosis diagnosis = diagnostics.of(failure, attempt, session.target());
      FailurePolicy.Decision decision = decide(diagnosis, anotherHost);
      Recipient recipient = recipients.get(index);
      if (decision.next() == FailurePolicy.Next.NEXT_HOST) {
        leave(recipient, diagnosis);
        if (!failure.equals(lastLogged)) {
          lastLogged = failure;
          context.info(request.queueId() + ": " + failure.text());
        }
        return;
      }
      left.remove(recipient);
      hops.note(diagnosis);
      report(recipient, decision, diagnosis);
    }

    private String account() {
      return session.user().isEmpty()
          ? ""
          : new AccountKeys(session.user(), session.target().host(), session.target().site())
              .name()
              .toString();
    }

    private DeliveryStatus.Completion completion() {
      if (session.features().dsn()) {
        return DeliveryStatus.Completion.PASSED_ON;
      }
      return context.settings().assumesFinal
          ? DeliveryStatus.Completion.DELIVERED
          : DeliveryStatus.Completion.RELAYED;
    }

    private Attempt attempt(Target target, @Nullable Reply reply) {
      return new Attempt(
          context.process(),
          target.labelWithPort(),
          target.host(),
          reply == null ? null : reply.oneLine(),
          session.uses(),
          begun,
          connected,
          account(),
          hops.reason());
    }
  }

  void fail(Failure failure, @Nullable Target target, boolean anotherHost)
      throws InterruptedException {
    fail(failure, target, target, anotherHost);
  }

  /**
   * A failure before any message: it concerns everybody who is left.
   *
   * @param target the server that answered, or null
   * @param place the server that was tried, or null if it did not come to that
   */
  void fail(Failure failure, @Nullable Target target, @Nullable Target place, boolean anotherHost)
      throws InterruptedException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedException("stopping");
    }
    Reply reply = failure.reply();
    Attempt attempt =
        new Attempt(
            context.process(),
            target == null ? "none" : target.labelWithPort(),
            target == null ? null : target.host(),
            reply == null ? null : reply.oneLine(),
            1,
            begun,
            // No session came about: by this the queue knows that the next message would fare no
            // better, and does not try a refused password a thousand times.
            begun);
    Diagnosis diagnosis = diagnostics.of(failure, attempt, place);
    if (failure.stage() == Stage.CONNECT) {
      context.info(failure.text());
    } else if (decide(diagnosis, anotherHost).next() == FailurePolicy.Next.NEXT_HOST) {
      context.info(request.queueId() + ": " + failure.text());
    }
    settle(diagnosis, anotherHost);
  }

  /** Leaves a recipient to the next host. */
  private void leave(Recipient recipient, Diagnosis diagnosis) {
    hops.note(diagnosis);
    diagnostics.passedOver(diagnosis);
    postponed.put(recipient, moreTelling(recipient, diagnosis));
  }

  /** Leaves everybody to the next host, or reports them. */
  void settle(Diagnosis diagnosis, boolean anotherHost) {
    FailurePolicy.Decision decision = decide(diagnosis, anotherHost);
    if (decision.next() == FailurePolicy.Next.NEXT_HOST) {
      left.forEach(recipient -> leave(recipient, diagnosis));
      return;
    }
    hops.note(diagnosis);
    List<Recipient> all = List.copyOf(left);
    left.clear();
    for (Recipient recipient : all) {
      Diagnosis told = moreTelling(recipient, diagnosis);
      report(recipient, told.equals(diagnosis) ? decision : decide(told, false), told);
    }
  }

  /**
   * What a server that answered has said tells a person more than that another address of it was
   * not reached, or not asked any more: localhost is ::1 too, and a certificate at fault is not
   * mended by reading "refused".
   */
  private Diagnosis moreTelling(Recipient recipient, Diagnosis now) {
    Diagnosis before = postponed.get(recipient);
    return before != null && (isOnlyUnreached(before, now) || isOnlyNotAsked(before, now))
        ? before
        : now;
  }

  private static boolean isOnlyUnreached(Diagnosis before, Diagnosis now) {
    return now.failure().stage() == Stage.CONNECT && before.failure().stage() != Stage.CONNECT;
  }

  /** Whether the account is left alone now because of what its server said before. */
  private static boolean isOnlyNotAsked(Diagnosis before, Diagnosis now) {
    Account refused = before.account();
    Account rests = now.account();
    return now.parked() != null
        && before.parked() == null
        && refused != null
        && rests != null
        && refused.name().equals(rests.name());
  }

  private void report(Recipient recipient, FailurePolicy.Decision decision, Diagnosis diagnosis) {
    parts.adviser().advise(request.queueId(), diagnosis);
    EnhancedStatusCode code = decision.code();
    String text = diagnosis.failure().text();
    sink.report(
        recipient,
        decision.next() == FailurePolicy.Next.BOUNCE
            ? new DeliveryStatus.Bounced(code, text, diagnosis.attempt(), diagnosis.advice())
            : new DeliveryStatus.Deferred(
                code, text, diagnosis.attempt(), retry(diagnosis), diagnosis.advice()));
  }

  /** The mail goes as soon as any of its next hops may take it. */
  private Retry retry(Diagnosis diagnosis) {
    return hops.isFirst() ? diagnostics.retry(diagnosis) : diagnostics.retry(hops.all());
  }
}

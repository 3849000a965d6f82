package dev.postrider.intake;

import dev.postrider.delivery.Trace;
import dev.postrider.event.Events;
import dev.postrider.log.MailLog;
import dev.postrider.mail.address.AddressLiteral;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.BodyType;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mail.message.DotReader;
import dev.postrider.mail.message.HeaderField;
import dev.postrider.mail.message.HeaderScanner;
import dev.postrider.mail.reply.Reply;
import dev.postrider.mapping.MessageMapping;
import dev.postrider.spool.Draft;
import dev.postrider.spool.QueueId;
import dev.postrider.spool.Spool;
import dev.postrider.spool.StoredMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one way into the spool: completes the header, qualifies and deduplicates the envelope, holds
 * the limits and stores, in one pass over the content with bounded memory [cleanup]. Safe on any
 * thread.
 *
 * <p>Refusals: 552 over message_size_limit, 554 over hopcount_limit or without recipients, 451 when
 * the spool cannot take the message, 452 before the content when there is no room.
 */
public final class MessageIntake implements Intake {
  private static final Reply TOO_LARGE = Reply.of(552, "5.3.4 Error: message file too big");
  private static final Reply TOO_MANY_HOPS = Reply.of(554, "5.4.0 Error: too many hops");
  private static final Reply NO_RECIPIENTS =
      Reply.of(554, "5.1.0 No recipient addresses found in message header");
  private static final Reply WRITE_ERROR = Reply.of(451, "4.3.0 Error: queue file write error");
  private static final Reply NO_LOOKUP = Reply.of(451, "4.3.0 Error: temporary lookup failure");
  private static final Reply NO_EXPANSION = Reply.of(451, "4.6.0 Alias expansion error");
  private static final Reply NO_ROOM = Reply.of(452, "4.3.1 Insufficient system storage");

  /** Who is told of what was stored, on the thread that stored it. */
  public interface Listener {
    /** A message is durable. */
    void stored(StoredMessage message);

    /**
     * Some recipients were names for others, and their senders asked to hear of success: that is
     * reported now (RFC 3461 §5.2.7).
     */
    void expanded(StoredMessage message, List<Recipient> recipients);

    /** Where no queue runs: messages are found at its next start. */
    static Listener none() {
      return of(_ -> {});
    }

    /** Hears of stored messages only. */
    static Listener of(Consumer<StoredMessage> onStored) {
      return new Listener() {
        @Override
        public void stored(StoredMessage message) {
          onStored.accept(message);
        }

        @Override
        public void expanded(StoredMessage message, List<Recipient> recipients) {}
      };
    }
  }

  private final Supplier<IntakeSource> source;
  private final Spool spool;
  private final MailLog log;
  private final Listener listener;
  private final Events events;
  private volatile @Nullable IntakeSettings settings;

  /**
   * The intake of one spool.
   *
   * @param source the current settings, asked for each message
   * @param events hears of each message once it is durable, before {@code listener}
   */
  public MessageIntake(
      Supplier<IntakeSource> source, Spool spool, MailLog log, Listener listener, Events events) {
    this.events = events;
    this.source = source;
    this.spool = spool;
    this.log = log;
    this.listener = listener;
  }

  private IntakeSettings current() {
    IntakeSource now = source.get();
    IntakeSettings known = settings;
    if (known == null || known.mappings != now.mappings()) {
      known = new IntakeSettings(now);
      settings = known;
    }
    return known;
  }

  @Override
  public String print(QueueId id) {
    return id.print(current().longIds);
  }

  @Override
  public Optional<Reply> refusalBeforeContent(long declaredSize) {
    IntakeSettings now = current();
    try {
      long free = spool.usableBytes();
      // Another message of the largest size must fit even while this one is being written.
      if (now.sizeLimit > 0 && free / 3 < now.sizeLimit / 2) {
        log.warning(
            "smtpd",
            "not enough free space in mail queue: " + free + " bytes < 1.5*message size limit");
        return Optional.of(NO_ROOM);
      }
      if (free < now.minimumFree || free - now.minimumFree < declaredSize) {
        log.warning(
            "smtpd",
            "not enough free space in mail queue: "
                + free
                + " bytes < queue_minfree ("
                + now.minimumFree
                + ")");
        return Optional.of(NO_ROOM);
      }
      return Optional.empty();
    } catch (IOException e) {
      log.error("smtpd", "free space of the queue is unknown: " + e.getMessage());
      return Optional.of(NO_ROOM);
    }
  }

  @Override
  public IntakeOutcome store(Submission submission, InputStream content) throws IOException {
    Draft begun;
    try {
      begun = spool.draft();
    } catch (IOException e) {
      log.error("cleanup", "cannot begin a message in the queue: " + e.getMessage());
      content.transferTo(OutputStream.nullOutputStream());
      return new IntakeOutcome.Refused(WRITE_ERROR);
    }
    try (Draft draft = begun) {
      return store(submission, content, draft, current());
    }
  }

  private IntakeOutcome store(
      Submission submission, InputStream content, Draft draft, IntakeSettings now)
      throws IOException {
    String queueId = draft.id().print(now.longIds);
    Origin origin = submission.origin();
    logArrival(queueId, submission);
    MessageMapping mapping = now.mappings.begin(Trace.none());
    ReversePath sender = mapping.sender(submission.envelope().sender());
    RecipientList recipients = new RecipientList(mapping, now, isHandedOver(origin));
    recipients.addForSender(sender);
    submission.envelope().recipients().forEach(recipients::add);

    ContentWriter out = new ContentWriter(draft.content(), sizeLimit(origin, now));
    out.text(
        now.received.print(origin, queueId, submission.envelope().recipients(), draft.id().time()));
    // What came over SMTP has no CR any more.
    InputStream clean = content instanceof DotReader ? content : new WithoutReturns(content);
    HeaderScanner scanner = new HeaderScanner(clean, now.headerLimit);
    HeaderPass pass =
        new HeaderPass(
            now,
            new HeaderPass.Rewriting(mapping, context(origin, now)),
            submission.recipientsFromHeader(),
            queueId,
            log,
            out);
    if (origin instanceof Origin.Remote) {
      for (var line = scanner.mailboxLine(); line != null; line = scanner.mailboxLine()) {
        pass.take(new HeaderField("X-Mailbox-Line", " " + line));
      }
    }
    for (var field = scanner.next(); field != null; field = scanner.next()) {
      pass.take(field);
    }
    pass.finish(sender, origin, draft.id().time());
    copyBody(scanner, out);
    out.flush();

    for (Mailbox mailbox : pass.recipients()) {
      recipients.add(new Recipient(mailbox, mailbox, submission.headerRequest()));
    }
    recipients.addAlways();
    IntakeOutcome unmapped = unmapped(queueId, mapping);
    if (unmapped != null) {
      return unmapped;
    }
    if (pass.tooManyHops()) {
      log.warning("cleanup", queueId + ": message rejected: hopcount exceeded");
      return new IntakeOutcome.Refused(TOO_MANY_HOPS);
    }
    if (out.tooLarge()) {
      log.warning("cleanup", queueId + ": queue file size limit exceeded");
      return new IntakeOutcome.Refused(TOO_LARGE);
    }
    if (recipients.all().isEmpty()) {
      return new IntakeOutcome.Refused(NO_RECIPIENTS);
    }
    IOException failure = out.failure();
    if (failure != null) {
      return writeError(queueId, failure);
    }
    Envelope envelope = submission.envelope().withSender(sender).withRecipients(recipients.all());
    if (envelope.bodyType() == BodyType.UNDECLARED && pass.declaresEightBit(out.eightBit())) {
      // Nobody said so with -B or BODY=, but the content does; the next server must be told.
      envelope = envelope.withBodyType(BodyType.EIGHT_BIT_MIME);
    }
    IntakeOutcome outcome = commit(draft, queueId, envelope, new Arrival(origin, pass.messageId()));
    if (outcome instanceof IntakeOutcome.Stored(var stored) && !recipients.expanded().isEmpty()) {
      tell(queueId, () -> listener.expanded(stored, recipients.expanded()));
    }
    return outcome;
  }

  /**
   * An empty line, put in where there was none, and the body, whose last line always ends. Nothing
   * at all if the content ended with its header.
   */
  private static void copyBody(HeaderScanner scanner, ContentWriter out) throws IOException {
    if (scanner.separated() || scanner.hasBody()) {
      out.write('\n');
    }
    scanner.copyBody(out);
    out.endLine();
  }

  private IntakeOutcome commit(Draft draft, String queueId, Envelope envelope, Arrival arrival) {
    StoredMessage stored;
    try {
      stored = draft.commit(envelope);
    } catch (IOException e) {
      return writeError(queueId, e);
    }
    events.record(arrival.event(stored));
    tell(queueId, () -> listener.stored(stored));
    return new IntakeOutcome.Stored(stored);
  }

  private void tell(String queueId, Runnable telling) {
    try {
      telling.run();
    } catch (RuntimeException e) {
      // The message is stored and will be found: whoever failed to hear of it must not make the
      // client send it again.
      log.bug("cleanup", queueId + ": telling of a stored message", e);
    }
  }

  /** The refusal of a message whose addresses nobody can tell now, or null. */
  private @Nullable IntakeOutcome unmapped(String queueId, MessageMapping mapping) {
    for (String warning : mapping.warnings()) {
      log.warning("cleanup", queueId + ": " + warning);
    }
    MessageMapping.Failure failure = mapping.failure();
    if (failure == null) {
      return null;
    }
    log.warning(
        "cleanup", queueId + ": " + failure.reason() + " -- message not accepted, try again later");
    return new IntakeOutcome.Refused(
        switch (failure) {
          case MessageMapping.Failure.Table _ -> NO_LOOKUP;
          case MessageMapping.Failure.Expansion _ -> NO_EXPANSION;
        });
  }

  private IntakeOutcome writeError(String queueId, IOException e) {
    log.error("cleanup", queueId + ": queue file write error: " + e.getMessage());
    return new IntakeOutcome.Refused(WRITE_ERROR);
  }

  private void logArrival(String queueId, Submission submission) {
    switch (submission.origin()) {
      case Origin.Local local ->
          log.info(
              "pickup",
              queueId
                  + ": uid="
                  + local.uid()
                  + " from=<"
                  + submission.envelope().sender().external()
                  + ">");
      case Origin.Remote remote ->
          log.info(
              remote.service().process(),
              queueId
                  + ": client="
                  + remote.name()
                  + "["
                  + AddressLiteral.print(remote.address())
                  + "]"
                  + (remote.login() == null ? "" : ", sasl_username=" + remote.login()));
      case Origin.Requeued requeued ->
          log.info(
              "pickup",
              queueId
                  + ": uid="
                  + requeued.uid()
                  + " from=<"
                  + submission.envelope().sender().external()
                  + "> orig_id="
                  + requeued.previousId());
      case Origin.Internal _ -> {}
    }
  }

  /** A service of its own may take less than others, but nobody more than the queue. */
  private static long sizeLimit(Origin origin, IntakeSettings now) {
    long own = origin instanceof Origin.Remote remote ? remote.service().messageSizeLimit() : 0;
    return own > 0 && (now.sizeLimit <= 0 || own < now.sizeLimit) ? own : now.sizeLimit;
  }

  /** Whether a program or client handed it over, so that main.cf may add recipients. */
  private static boolean isHandedOver(Origin origin) {
    return switch (origin) {
      case Origin.Local _, Origin.Remote _, Origin.Requeued _ -> true;
      case Origin.Internal _ -> false;
    };
  }

  /** Whether this host answers for the header, or only passes it on. */
  private static HeaderPass.Context context(Origin origin, IntakeSettings now) {
    boolean ours =
        switch (origin) {
          case Origin.Local local -> !local.relayed();
          case Origin.Internal _ -> true;
          // It was completed the first time, if it was ours.
          case Origin.Requeued _ -> false;
          case Origin.Remote remote -> remote.local();
        };
    if (ours) {
      return HeaderPass.Context.LOCAL;
    }
    return origin instanceof Origin.Remote && now.mappings.touchesRemoteHeaders()
        ? HeaderPass.Context.REMOTE
        : HeaderPass.Context.NONE;
  }
}

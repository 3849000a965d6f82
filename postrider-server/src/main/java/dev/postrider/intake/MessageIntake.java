package dev.postrider.intake;

import dev.postrider.config.Config;
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
import dev.postrider.spool.Draft;
import dev.postrider.spool.QueueId;
import dev.postrider.spool.Spool;
import dev.postrider.spool.StoredMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

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
  private static final Reply NO_ROOM = Reply.of(452, "4.3.1 Insufficient system storage");

  private final Supplier<Config> config;
  private final Spool spool;
  private final MailLog log;
  private final Consumer<StoredMessage> onStored;
  private final Events events;
  private volatile IntakeSettings settings;

  /**
   * The intake of one spool.
   *
   * @param config the current snapshot, asked for each message
   * @param onStored told of each message once it is durable, on the thread that stored it
   */
  public MessageIntake(
      Supplier<Config> config, Spool spool, MailLog log, Consumer<StoredMessage> onStored) {
    this(config, spool, log, onStored, Events.none());
  }

  /**
   * The same.
   *
   * @param events hears of each message once it is durable, before {@code onStored}
   */
  public MessageIntake(
      Supplier<Config> config,
      Spool spool,
      MailLog log,
      Consumer<StoredMessage> onStored,
      Events events) {
    this.events = events;
    this.config = config;
    this.spool = spool;
    this.log = log;
    this.onStored = onStored;
    this.settings = new IntakeSettings(config.get());
  }

  private IntakeSettings current() {
    Config snapshot = config.get();
    IntakeSettings known = settings;
    if (known.source != snapshot) {
      known = new IntakeSettings(snapshot);
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
    ReversePath sender = qualified(submission.envelope().sender(), now.qualifier);

    ContentWriter out = new ContentWriter(draft.content(), sizeLimit(origin, now));
    out.text(
        now.received.print(origin, queueId, submission.envelope().recipients(), draft.id().time()));
    // What came over SMTP has no CR any more.
    InputStream clean = content instanceof DotReader ? content : new WithoutReturns(content);
    HeaderScanner scanner = new HeaderScanner(clean, now.headerLimit);
    HeaderPass pass =
        new HeaderPass(now, isOurs(origin), submission.recipientsFromHeader(), queueId, log, out);
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

    List<Recipient> recipients = recipients(submission, pass, now);
    if (pass.tooManyHops()) {
      log.warning("cleanup", queueId + ": message rejected: hopcount exceeded");
      return new IntakeOutcome.Refused(TOO_MANY_HOPS);
    }
    if (out.tooLarge()) {
      log.warning("cleanup", queueId + ": queue file size limit exceeded");
      return new IntakeOutcome.Refused(TOO_LARGE);
    }
    if (recipients.isEmpty()) {
      return new IntakeOutcome.Refused(NO_RECIPIENTS);
    }
    IOException failure = out.failure();
    if (failure != null) {
      return writeError(queueId, failure);
    }
    Envelope envelope = submission.envelope().withSender(sender).withRecipients(recipients);
    if (envelope.bodyType() == BodyType.UNDECLARED && pass.declaresEightBit(out.eightBit())) {
      // Nobody said so with -B or BODY=, but the content does; the next server must be told.
      envelope = envelope.withBodyType(BodyType.EIGHT_BIT_MIME);
    }
    return commit(draft, queueId, envelope, new Arrival(origin, pass.messageId()));
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
    try {
      onStored.accept(stored);
    } catch (RuntimeException e) {
      // The message is stored and will be found: whoever failed to hear of it must not make the
      // client send it again.
      log.bug("cleanup", queueId + ": telling of a stored message", e);
    }
    return new IntakeOutcome.Stored(stored);
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

  /** Whether this host answers for the header, or only passes it on. */
  private static boolean isOurs(Origin origin) {
    return switch (origin) {
      case Origin.Local local -> !local.relayed();
      case Origin.Internal _ -> true;
      // It was completed the first time, if it was ours.
      case Origin.Requeued _ -> false;
      case Origin.Remote remote -> remote.local();
    };
  }

  private static ReversePath qualified(ReversePath sender, Qualifier qualifier) {
    return switch (sender) {
      case ReversePath.Null none -> none;
      case ReversePath.Sender(var mailbox) -> ReversePath.of(qualifier.qualify(mailbox));
    };
  }

  /** Everybody named, completed, each once. */
  private static List<Recipient> recipients(
      Submission submission, HeaderPass pass, IntakeSettings now) {
    List<Recipient> all = new ArrayList<>();
    Set<String> known = new HashSet<>();
    for (Recipient recipient : submission.envelope().recipients()) {
      add(recipient, all, known, now);
    }
    for (Mailbox mailbox : pass.recipients()) {
      add(new Recipient(mailbox, mailbox, submission.headerRequest()), all, known, now);
    }
    return all;
  }

  private static void add(
      Recipient recipient, List<Recipient> all, Set<String> known, IntakeSettings now) {
    Recipient qualified = recipient.redirectedTo(now.qualifier.qualify(recipient.mailbox()));
    String key = Qualifier.key(qualified.mailbox());
    if (known.contains(key)) {
      return;
    }
    // Beyond the limit nothing is remembered, so that memory stays bounded; a recipient may then
    // get a message twice, but never not at all.
    if (now.duplicateLimit <= 0 || known.size() < now.duplicateLimit) {
      known.add(key);
    }
    all.add(qualified);
  }
}

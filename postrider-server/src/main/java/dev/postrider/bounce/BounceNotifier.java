package dev.postrider.bounce;

import dev.postrider.account.Causes;
import dev.postrider.config.Config;
import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.intake.Intake;
import dev.postrider.intake.IntakeOutcome;
import dev.postrider.intake.Origin;
import dev.postrider.intake.Submission;
import dev.postrider.log.MailLog;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.dsn.Action;
import dev.postrider.mail.dsn.DeliveryReport;
import dev.postrider.mail.dsn.DsnComposer;
import dev.postrider.mail.dsn.OriginalMessage;
import dev.postrider.mail.dsn.RecipientReport;
import dev.postrider.mail.envelope.BodyType;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mail.message.HeaderWord;
import dev.postrider.mail.reply.EnhancedStatusCode;
import dev.postrider.mail.reply.Reply;
import dev.postrider.spool.StoredMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells senders (and, where notify_classes asks, the postmaster) what was not delivered. Immutable
 * and safe on any thread; a reload makes a new one.
 *
 * <p>The chain of notices always ends (RFC 5321 §6.1): a message of a sender is answered with the
 * null sender; a message of the null sender at most with one of {@code double-bounce@myhostname},
 * to 2bounce_notice_recipient; and whatever fails then is not answered but kept ({@link
 * NoticeOutcome.Keep}), as far as postrider_kept_notices allows.
 */
public final class BounceNotifier {
  private static final String REQUIRE_TLS = "Require-TLS-ESMTP";

  private static final String PROCESS = "bounce";
  private static final NoticeOutcome SETTLED = new NoticeOutcome.Settled();

  private final Intake intake;
  private final MailLog log;
  private final InstantSource clock;
  private final DsnComposer composer;
  private final Wordings wordings;
  private final Set<Trouble> classes;
  private final String origin;
  private final Mailbox doubleBounceSender;
  private final Mailbox doubleBounceRecipient;
  private final Mailbox bounceRecipient;
  private final Mailbox delayRecipient;
  private final int sizeLimit;
  private final Duration lifetime;
  private final boolean longIds;
  private final int mostKept;
  private final CauseNotices causes;
  private final boolean heedsRequireTls;
  private final boolean redactsRequireTls;

  /** Reads the settings; forgets at its end what people were told of. */
  public BounceNotifier(
      Config config, Intake intake, MailLog log, InstantSource clock, ZoneId zone) {
    this(config, intake, log, clock, zone, Causes.inMemory(clock));
  }

  /**
   * Reads the settings.
   *
   * @param told what people were told of
   */
  public BounceNotifier(
      Config config, Intake intake, MailLog log, InstantSource clock, ZoneId zone, Causes told) {
    this.intake = intake;
    this.log = log;
    this.clock = clock;
    this.origin = config.text("myorigin");
    String host = config.text("myhostname");
    this.composer = new DsnComposer(host, origin, zone);
    this.wordings = new Wordings(config, warning -> log.warning(PROCESS, warning));
    this.classes = Set.copyOf(Trouble.wanted(config));
    this.doubleBounceSender = NoticeAddress.of(config.text("double_bounce_sender")).qualified(host);
    this.doubleBounceRecipient = NoticeAddress.of(config.text("2bounce_notice_recipient"));
    this.bounceRecipient = NoticeAddress.of(config.text("bounce_notice_recipient"));
    this.delayRecipient = NoticeAddress.of(config.text("delay_notice_recipient"));
    this.sizeLimit = config.number("bounce_size_limit");
    this.lifetime = config.time("maximal_queue_lifetime");
    this.longIds = config.flag("enable_long_queue_ids");
    this.mostKept = config.number("postrider_kept_notices");
    this.heedsRequireTls =
        config.flag("requiretls_enable") && config.flag("requiretls_esmtp_header");
    this.redactsRequireTls = heedsRequireTls && config.flag("requiretls_redact_dsn");
    this.causes = new CauseNotices(config, told, intake, log);
  }

  /** Tells the postmaster of what concerns more than one message. */
  public CauseNotices causes() {
    return causes;
  }

  /**
   * Reports recipients that will not get the message. Returns when the notice, if one is owed, is
   * durably stored.
   */
  public NoticeOutcome failed(StoredMessage message, List<Undelivered> recipients) {
    ReversePath sender = message.envelope().sender();
    if (sender.isNull()) {
      return doubleBounce(message, recipients);
    }
    Mailbox sent = ((ReversePath.Sender) sender).mailbox();
    if (isNotice(sender)) {
      if (mostKept > 0) {
        return new NoticeOutcome.Keep("undeliverable postmaster notification", mostKept);
      }
      log.warning(PROCESS, id(message) + ": undeliverable postmaster notification discarded");
      return SETTLED;
    }
    List<RecipientReport> owed = new ArrayList<>();
    List<RecipientReport> all = new ArrayList<>();
    for (Undelivered each : recipients) {
      RecipientReport report = each.report(Action.FAILED);
      all.add(report);
      if (each.recipient().dsn().wantsFailure()) {
        owed.add(report);
      }
    }
    NoticeOutcome outcome =
        owed.isEmpty() ? SETTLED : notice(message, owed, DeliveryReport.Kind.FAILURE, sent, null);
    if (outcome instanceof NoticeOutcome.Settled && classes.contains(Trouble.BOUNCE)) {
      // The sender's notice is what is owed; a lost copy is no reason to send that again.
      return copy(message, all, DeliveryReport.Kind.POSTMASTER_FAILURE, bounceRecipient, null);
    }
    return outcome;
  }

  private NoticeOutcome doubleBounce(StoredMessage message, List<Undelivered> recipients) {
    if (!classes.contains(Trouble.TWICE_BOUNCED)) {
      boolean wanted = recipients.stream().anyMatch(each -> each.recipient().dsn().wantsFailure());
      return wanted && mostKept > 0
          ? new NoticeOutcome.Keep("undeliverable notification", mostKept)
          : SETTLED;
    }
    List<RecipientReport> all = new ArrayList<>();
    for (Undelivered each : recipients) {
      all.add(each.report(Action.FAILED));
    }
    return notice(
        message, all, DeliveryReport.Kind.POSTMASTER_FAILURE, doubleBounceRecipient, null);
  }

  /**
   * Warns that recipients still wait. Best effort: a warning that cannot be stored is not repeated.
   *
   * @param retryUntil when the attempts end
   */
  public void delayed(StoredMessage message, List<Undelivered> recipients, Instant retryUntil) {
    if (!(message.envelope().sender() instanceof ReversePath.Sender(var sender))
        || isNotice(message.envelope().sender())) {
      return;
    }
    List<RecipientReport> owed = new ArrayList<>();
    List<RecipientReport> all = new ArrayList<>();
    for (Undelivered each : recipients) {
      RecipientReport report = each.report(Action.DELAYED);
      all.add(report);
      if (each.recipient().dsn().wantsDelay()) {
        owed.add(report);
      }
    }
    if (!owed.isEmpty()) {
      NoticeOutcome told = notice(message, owed, DeliveryReport.Kind.DELAY, sender, retryUntil);
      if (told instanceof NoticeOutcome.NotStored(var reason)) {
        log.warning(PROCESS, id(message) + ": no delay notification: " + reason);
      }
    }
    if (classes.contains(Trouble.DELAY)) {
      NoticeOutcome _ =
          copy(message, all, DeliveryReport.Kind.POSTMASTER_DELAY, delayRecipient, retryUntil);
    }
  }

  /** Whether a message is our last word to the postmaster. */
  private boolean isNotice(ReversePath sender) {
    return sender instanceof ReversePath.Sender(var mailbox) && mailbox.sameAs(doubleBounceSender);
  }

  /**
   * Reports what the sender asked to hear of everybody: after the first attempt of a traced
   * delivery, or of a probe.
   */
  public NoticeOutcome status(StoredMessage message, List<RecipientFate> fates) {
    List<RecipientReport> reports = new ArrayList<>();
    for (RecipientFate each : fates) {
      switch (message.envelope().purpose()) {
        case PROBE -> reports.add(each.probed());
        case DELIVERY, TRACED_DELIVERY -> reports.add(each.traced());
      }
    }
    return requested(message, reports, DeliveryReport.Kind.STATUS);
  }

  /**
   * Reports deliveries that the sender is to hear of: because success was asked for (RFC 3461
   * §5.2), or because a delay was reported and is over (confirm_delay_cleared).
   */
  public NoticeOutcome succeeded(StoredMessage message, List<RecipientFate> fates) {
    List<RecipientReport> reports = new ArrayList<>();
    for (RecipientFate each : fates) {
      if (each.status() instanceof DeliveryStatus.Sent sent) {
        reports.add(each.succeeded(sent));
      }
    }
    return requested(message, reports, DeliveryReport.Kind.SUCCESS);
  }

  /** Tells a sender who asked for it that recipients were names for others (RFC 3461 §5.2.7). */
  public void expanded(StoredMessage message, List<Recipient> recipients) {
    List<RecipientFate> fates = new ArrayList<>();
    for (Recipient recipient : recipients) {
      fates.add(
          new RecipientFate(
              recipient,
              new DeliveryStatus.Sent(
                  EnhancedStatusCode.of("2.0.0"),
                  "alias expanded",
                  DeliveryStatus.Attempt.here("cleanup", "none"),
                  DeliveryStatus.Completion.EXPANDED)));
    }
    if (succeeded(message, fates) instanceof NoticeOutcome.NotStored(var reason)) {
      log.warning("cleanup", message.id().shortForm() + ": " + reason);
    }
  }

  private NoticeOutcome requested(
      StoredMessage message, List<RecipientReport> reports, DeliveryReport.Kind kind) {
    if (reports.isEmpty() || isNotice(message.envelope().sender())) {
      return SETTLED;
    }
    return switch (message.envelope().sender()) {
      case ReversePath.Sender(var sender) -> notice(message, reports, kind, sender, null);
      case ReversePath.Null _ ->
          classes.contains(Trouble.TWICE_BOUNCED)
              ? notice(message, reports, kind, doubleBounceRecipient, null)
              : SETTLED;
    };
  }

  private NoticeOutcome copy(
      StoredMessage message,
      List<RecipientReport> reports,
      DeliveryReport.Kind kind,
      Mailbox to,
      @Nullable Instant retryUntil) {
    if (notice(message, reports, kind, to, retryUntil)
        instanceof NoticeOutcome.NotStored(var reason)) {
      log.warning(PROCESS, id(message) + ": no postmaster notification: " + reason);
    }
    return SETTLED;
  }

  private NoticeOutcome notice(
      StoredMessage message,
      List<RecipientReport> reports,
      DeliveryReport.Kind kind,
      Mailbox to,
      @Nullable Instant retryUntil) {
    Envelope about = message.envelope();
    DeliveryReport report =
        new DeliveryReport(
            kind,
            id(message),
            about.sender(),
            about.envelopeId(),
            message.arrival(),
            retryUntil,
            about.smtpUtf8(),
            reports);
    try {
      byte[] content =
          protectedAs(
              message,
              composer.compose(
                  report,
                  to.qualified(origin),
                  clock.instant(),
                  original(message, kind),
                  wordings.of(kind)));
      Submission submission =
          new Submission(
              envelope(message, to, kind, content),
              new Origin.Internal(Origin.Why.NOTICE, id(message)),
              false);
      return switch (intake.store(submission, new ByteArrayInputStream(content))) {
        case IntakeOutcome.Stored(var stored) -> {
          log.info(PROCESS, id(message) + ": " + label(kind) + ": " + id(stored));
          yield SETTLED;
        }
        case IntakeOutcome.Refused(var reply) -> refused(message, to, reply);
      };
    } catch (IOException e) {
      return new NoticeOutcome.NotStored("cannot queue a notification: " + e.getMessage());
    }
  }

  /**
   * A notice that intake refuses for good would keep its message for ever: past the lifetime of the
   * message it is given up, with a line that says so.
   */
  private NoticeOutcome refused(StoredMessage message, Mailbox to, Reply reply) {
    boolean old = Duration.between(message.arrival(), clock.instant()).compareTo(lifetime) >= 0;
    if (reply.isPermanent() && old) {
      log.error(
          PROCESS,
          id(message) + ": notification to <" + to.external() + "> discarded: " + reply.oneLine());
      return SETTLED;
    }
    return new NoticeOutcome.NotStored("cannot queue a notification: " + reply.oneLine());
  }

  /** Whether its sender wanted it to travel over TLS only (RFC 8689). */
  private static boolean requiresTls(StoredMessage message) {
    try (InputStream in = message.content().open()) {
      return HeaderWord.isIn(in, REQUIRE_TLS, "yes");
    } catch (IOException _) {
      // Nothing of it will be returned.
      return false;
    }
  }

  /** A notice that returns what was to travel over TLS only is to do so too (RFC 8689 §5). */
  private byte[] protectedAs(StoredMessage message, byte[] notice) {
    if (redactsRequireTls || !heedsRequireTls || !requiresTls(message)) {
      return notice;
    }
    byte[] field = (REQUIRE_TLS + ": yes\n").getBytes(StandardCharsets.US_ASCII);
    byte[] whole = Arrays.copyOf(field, field.length + notice.length);
    System.arraycopy(notice, 0, whole, field.length, notice.length);
    return whole;
  }

  /** Copies and warnings carry the header, as Postfix's do; RET may ask for no more either. */
  private OriginalMessage original(StoredMessage message, DeliveryReport.Kind kind) {
    boolean headerOnly =
        switch (kind) {
          case FAILURE -> message.envelope().returnContent() == Envelope.ReturnContent.HEADERS;
          case POSTMASTER_FAILURE -> !message.envelope().sender().isNull();
          case DELAY, POSTMASTER_DELAY, STATUS, SUCCESS -> true;
        };
    headerOnly = headerOnly || (redactsRequireTls && requiresTls(message));
    try {
      return ReturnedContent.read(message.content(), headerOnly, sizeLimit);
    } catch (IOException e) {
      // The report matters more than what it returns.
      log.error(PROCESS, id(message) + ": content cannot be read for a notification: " + e);
      return new OriginalMessage(new byte[0], true);
    }
  }

  /** What is about a notice must not be answered by another, so it has a sender of its own. */
  private Envelope envelope(
      StoredMessage about, Mailbox to, DeliveryReport.Kind kind, byte[] content) {
    ReversePath sender =
        kind.forPostmaster() || about.envelope().sender().isNull()
            ? ReversePath.of(doubleBounceSender)
            : new ReversePath.Null();
    boolean ascii = isAscii(content);
    return new Envelope(
        sender,
        // A notice about a notice is never wanted (RFC 5321 §6.1).
        List.of(Recipient.of(to)),
        ascii ? BodyType.UNDECLARED : BodyType.EIGHT_BIT_MIME,
        to.needsSmtpUtf8(),
        Envelope.ReturnContent.UNSPECIFIED,
        null);
  }

  private static boolean isAscii(byte[] content) {
    for (byte octet : content) {
      if (octet < 0) {
        return false;
      }
    }
    return true;
  }

  private static String label(DeliveryReport.Kind kind) {
    return switch (kind) {
      case FAILURE -> "sender non-delivery notification";
      case DELAY -> "sender delay notification";
      case STATUS, SUCCESS -> "sender delivery status notification";
      case POSTMASTER_FAILURE -> "postmaster non-delivery notification";
      case POSTMASTER_DELAY -> "postmaster delay notification";
    };
  }

  private String id(StoredMessage message) {
    return message.id().print(longIds);
  }
}

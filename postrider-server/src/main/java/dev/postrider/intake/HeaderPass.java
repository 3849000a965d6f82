package dev.postrider.intake;

import dev.postrider.log.MailLog;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.message.HeaderAddresses;
import dev.postrider.mail.message.HeaderField;
import dev.postrider.mapping.MessageMapping;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One message's header on its way through: fields are dropped, completed or passed on one by one,
 * and what is missing is added behind the last, in Postfix's order. For one thread.
 *
 * <p>Only a message of this host's own is touched (RFC 5321 §6.4, RFC 6409 §8); dropping Bcc and
 * its like is for every message, so that no hidden recipient is ever shown.
 */
final class HeaderPass {
  private static final DateTimeFormatter ID_TIME =
      DateTimeFormatter.ofPattern("uuuuMMddHHmmss").withZone(ZoneOffset.UTC);

  /** Whose header it is. */
  enum Context {
    /** This host answers for it: of a local program, a local client, or Postrider itself. */
    LOCAL,
    /** A client's, and main.cf has a domain for its bare addresses. */
    REMOTE,
    /** Somebody else's: not touched. */
    NONE
  }

  /** What is done with the header's addresses. */
  record Rewriting(MessageMapping mapping, Context context) {}

  private final IntakeSettings settings;
  private final Rewriting rewriting;
  private final String queueId;
  private final MailLog log;
  private final ContentWriter out;
  private final EnumSet<HeaderName> seen = EnumSet.noneOf(HeaderName.class);
  private final @Nullable List<Mailbox> recipients;
  private final List<Mailbox> resentRecipients = new ArrayList<>();
  private String messageId = "";
  private boolean resent;
  private boolean eightBit;
  private boolean composite;
  private int hops;

  /**
   * @param rewriting what is done with its addresses
   * @param collect whether the header's recipients are wanted
   */
  HeaderPass(
      IntakeSettings settings,
      Rewriting rewriting,
      boolean collect,
      String queueId,
      MailLog log,
      ContentWriter out) {
    this.settings = settings;
    this.rewriting = rewriting;
    this.recipients = collect ? new ArrayList<>() : null;
    this.queueId = queueId;
    this.log = log;
    this.out = out;
  }

  void take(HeaderField field) {
    String lowerCase = field.name().toLowerCase(Locale.ROOT);
    HeaderName name = HeaderName.of(lowerCase);
    if (name != null) {
      note(name, field);
    }
    if (settings.droppedHeaders.contains(lowerCase)) {
      return;
    }
    out.line(rewritten(field).toString());
  }

  private HeaderField rewritten(HeaderField field) {
    if (rewriting.context() == Context.NONE) {
      return field;
    }
    boolean local = rewriting.context() == Context.LOCAL;
    boolean sender = HeaderAddresses.isSenderField(field.name());
    return HeaderAddresses.rewrite(
        field, mailbox -> rewriting.mapping().inHeader(mailbox, sender, local));
  }

  private void note(HeaderName name, HeaderField field) {
    seen.add(name);
    resent |= name.isResent();
    if (recipients != null) {
      switch (name.role) {
        case RECIPIENT -> recipients.addAll(HeaderAddresses.addresses(field));
        case RESENT_RECIPIENT -> resentRecipients.addAll(HeaderAddresses.addresses(field));
        case OTHER -> {}
      }
    }
    switch (name) {
      case RECEIVED -> hops++;
      case CONTENT_TRANSFER_ENCODING -> eightBit |= isEightBit(field);
      case CONTENT_TYPE -> composite |= isComposite(field);
      case MESSAGE_ID, RESENT_MESSAGE_ID -> logMessageId(name, field.unfolded());
      default -> {}
    }
  }

  /**
   * Whether the header says that the body is 8-bit (RFC 2045 §6.2).
   *
   * @param octets whether octets above 127 were met: where the body has parts, each says it of
   *     itself, and nobody looks at those here
   */
  boolean declaresEightBit(boolean octets) {
    return eightBit || (composite && octets);
  }

  private static boolean isEightBit(HeaderField field) {
    String encoding = field.unfolded().strip().toLowerCase(Locale.ROOT);
    return encoding.startsWith("8bit") || encoding.startsWith("binary");
  }

  private static boolean isComposite(HeaderField field) {
    String type = field.unfolded().strip().toLowerCase(Locale.ROOT);
    return type.startsWith("multipart/") || type.startsWith("message/");
  }

  /** Adds what a message of ours must have; to be called where the header ends. */
  void finish(ReversePath sender, Origin origin, Instant arrival) {
    if (rewriting.context() != Context.NONE || settings.alwaysComplete) {
      complete(sender, origin, arrival);
    }
    if (!settings.undisclosedRecipients.isEmpty() && !showsRecipients()) {
      out.text(settings.undisclosedRecipients);
    }
    if (!seen.contains(HeaderName.MESSAGE_ID)) {
      log.info("cleanup", queueId + ": message-id=<>");
    }
  }

  private void complete(ReversePath sender, Origin origin, Instant arrival) {
    String prefix = resent ? "Resent-" : "";
    HeaderName messageId = resent ? HeaderName.RESENT_MESSAGE_ID : HeaderName.MESSAGE_ID;
    if (seen.add(messageId)) {
      String id = messageId(arrival);
      out.text(messageId.text + ": " + id);
      logMessageId(messageId, id);
    }
    if (seen.add(resent ? HeaderName.RESENT_DATE : HeaderName.DATE)) {
      out.text(prefix + "Date: " + ReceivedHeader.date(arrival));
    }
    if (seen.add(resent ? HeaderName.RESENT_FROM : HeaderName.FROM)) {
      out.text(prefix + "From: " + from(sender, origin));
    }
  }

  /** As Postfix has it: time and queue id, or the queue id alone where it is never used again. */
  private String messageId(Instant arrival) {
    String left = settings.longIds ? queueId : ID_TIME.format(arrival) + "." + queueId;
    return "<" + left + "@" + settings.hostName + ">";
  }

  private String from(ReversePath sender, Origin origin) {
    if (sender.isNull()) {
      return "MAILER-DAEMON";
    }
    String address = sender.external();
    String fullName = origin instanceof Origin.Local local ? local.fullName().strip() : "";
    if (fullName.isEmpty()) {
      return address;
    }
    return settings.obsoleteFrom
        ? address + " (" + HeaderPhrase.comment(fullName) + ")"
        : HeaderPhrase.of(fullName) + " <" + address + ">";
  }

  private boolean showsRecipients() {
    return seen.contains(HeaderName.TO)
        || seen.contains(HeaderName.CC)
        || seen.contains(HeaderName.RESENT_TO)
        || seen.contains(HeaderName.RESENT_CC);
  }

  /** The message's own, as it stands in the header; empty if there is none yet. */
  String messageId() {
    return messageId;
  }

  private void logMessageId(HeaderName name, String id) {
    if (name == HeaderName.MESSAGE_ID || messageId.isEmpty()) {
      messageId = id.strip();
    }
    log.info("cleanup", queueId + ": " + name.text.toLowerCase(Locale.ROOT) + "=" + id);
  }

  /** Whether this message has been around too long (RFC 5321 §6.3); our own hop counts. */
  boolean tooManyHops() {
    return hops + 1 >= settings.hopLimit;
  }

  /** Whom the header names: if it was sent on, only those it was sent on to. */
  List<Mailbox> recipients() {
    if (recipients == null) {
      return List.of();
    }
    // A Resent field that names nobody counts too: the others are of the first sending.
    boolean sentOn =
        seen.contains(HeaderName.RESENT_TO)
            || seen.contains(HeaderName.RESENT_CC)
            || seen.contains(HeaderName.RESENT_BCC);
    return sentOn ? resentRecipients : recipients;
  }
}

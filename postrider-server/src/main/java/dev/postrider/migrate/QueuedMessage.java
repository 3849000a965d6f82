package dev.postrider.migrate;

import dev.postrider.archive.BadExportException;
import dev.postrider.archive.ExportedMessage;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.BodyType;
import dev.postrider.mail.envelope.Client;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.spool.Carried;
import dev.postrider.spool.Mark;
import dev.postrider.spool.StoredMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a file of Postfix's queue says beside the content. Immutable.
 *
 * @param file where it is
 * @param owner the user of the file: in the maildrop, who handed the message over
 * @param modified of the file: for a deferred message when its next attempt is due
 * @param arrival when Postfix took it, as listings show it
 * @param created from when Postfix reckons its lifetime
 * @param sender in internal form; empty for the null sender
 * @param fullName of the sender, for a missing From header; may be empty
 * @param recipients in the order of the file
 * @param bodyType as declared
 * @param smtpUtf8 whether the sender asked for it
 * @param returnContent RET
 * @param envelopeId ENVID, decoded; null if none
 * @param purpose of trace_flags
 * @param isProbe whether Postfix made it, to find out about an address
 * @param warned whether the sender was told of the delay
 * @param filter the content filter that it is to pass; empty if none
 * @param verpDelimiters two characters if each recipient is to get a sender of its own, else empty
 * @param client who brought it by SMTP
 * @param contentOffset of the first record of the content
 */
public record QueuedMessage(
    QueueFile file,
    long owner,
    Instant modified,
    Instant arrival,
    Instant created,
    String sender,
    String fullName,
    List<QueuedRecipient> recipients,
    BodyType bodyType,
    boolean smtpUtf8,
    Envelope.ReturnContent returnContent,
    @Nullable String envelopeId,
    Envelope.Purpose purpose,
    boolean isProbe,
    boolean warned,
    String filter,
    String verpDelimiters,
    Client client,
    long contentOffset) {
  /** A time that Postfix is a little late by is no new life. */
  private static final long SAME_LIFE_SECONDS = 60;

  /** No retry of Postfix is further away by default; a clock that jumped may have said more. */
  private static final long LONGEST_WAIT_SECONDS = 86_400;

  public QueuedMessage {
    recipients = List.copyOf(recipients);
  }

  /** By what an import knows it again: queue ids may be used anew, but not for the same moment. */
  public String key() {
    return file.id() + "-" + (arrival.getEpochSecond() * 1_000_000 + arrival.getNano() / 1_000);
  }

  /** The place of the first recipient in the file, by which one of several parts is known. */
  public long recipientPlace() {
    return recipients.getFirst().offset();
  }

  /** How many recipients still wait. */
  public int waiting() {
    return (int) recipients.stream().filter(each -> !each.done()).count();
  }

  /** The addresses of those who still wait, for people. */
  public List<String> waitingAddresses() {
    return recipients.stream().filter(each -> !each.done()).map(QueuedRecipient::address).toList();
  }

  /**
   * The same with those waiting again of whom a log of bounces says that their sender was not told
   * yet.
   */
  QueuedMessage withUntold(RecipientLog bounces) {
    List<QueuedRecipient> all = new ArrayList<>();
    for (QueuedRecipient each : recipients) {
      all.add(each.done() && bounces.reason(each) != null ? each.waiting() : each);
    }
    return with(sender, all, verpDelimiters);
  }

  /** With all mail for those who wait going to one address, as a REDIRECT action wants. */
  QueuedMessage redirectedTo(String target) {
    List<QueuedRecipient> all = new ArrayList<>();
    boolean taken = false;
    for (QueuedRecipient each : recipients) {
      if (each.done()) {
        all.add(each);
      } else {
        all.add(taken ? each.served() : each.redirectedTo(target));
        taken = true;
      }
    }
    return with(sender, all, verpDelimiters);
  }

  private QueuedMessage with(String newSender, List<QueuedRecipient> others, String newDelimiters) {
    return new QueuedMessage(
        file,
        owner,
        modified,
        arrival,
        created,
        newSender,
        fullName,
        others,
        bodyType,
        smtpUtf8,
        returnContent,
        envelopeId,
        purpose,
        isProbe,
        warned,
        filter,
        newDelimiters,
        client,
        contentOffset);
  }

  /** The messages that this is here: one, or with VERP one for each recipient who still waits. */
  public List<QueuedMessage> parts() {
    if (verpDelimiters.isEmpty() || sender.isEmpty()) {
      return List.of(this);
    }
    List<QueuedMessage> all = new ArrayList<>();
    for (QueuedRecipient each : recipients) {
      if (!each.done()) {
        all.add(with(verpSender(each.address()), List.of(each), ""));
      }
    }
    return all;
  }

  /** owner+user=site@domain: a report then names who it is about by the address it comes to. */
  private String verpSender(String recipient) {
    int at = sender.lastIndexOf('@');
    String owner = at < 0 ? sender : sender.substring(0, at);
    int to = recipient.lastIndexOf('@');
    String who =
        to < 0
            ? recipient
            : recipient.substring(0, to) + verpDelimiters.charAt(1) + recipient.substring(to + 1);
    return owner + verpDelimiters.charAt(0) + who + (at < 0 ? "" : sender.substring(at));
  }

  /**
   * The envelope with all recipients.
   *
   * @param nobody who gets what is for the empty address
   */
  public Envelope envelope(Mailbox nobody) throws BadExportException {
    List<Recipient> all = new ArrayList<>();
    for (QueuedRecipient each : recipients) {
      all.add(each.recipient(nobody));
    }
    ReversePath from =
        sender.isEmpty() ? new ReversePath.Null() : ReversePath.of(QueuedRecipient.mailbox(sender));
    return new Envelope(from, all, bodyType, smtpUtf8, returnContent, envelopeId, purpose, client);
  }

  /**
   * As a spool takes it.
   *
   * @param nobody who gets what is for the empty address
   * @param deferrals what Postfix noted about those who wait
   * @param now a next attempt is at most a day away
   */
  ExportedMessage exported(Mailbox nobody, RecipientLog deferrals, Instant now)
      throws BadExportException {
    boolean deferred = file.queue() == QueueFile.Queue.DEFERRED;
    List<StoredMessage.Pending> pending = new ArrayList<>();
    for (int i = 0; i < recipients.size(); i++) {
      QueuedRecipient each = recipients.get(i);
      if (!each.done()) {
        String reason = deferrals.reason(each);
        pending.add(new StoredMessage.Pending(i, reason == null ? "" : reason));
      }
    }
    Carried carried =
        new Carried(
            life(),
            pending,
            file.queue() == QueueFile.Queue.HOLD,
            false,
            warned ? Set.of(Mark.WARNED) : Set.of(),
            deferred ? 1 : 0,
            deferred ? nextAttempt(now) : life());
    return new ExportedMessage(file.id(), envelope(nobody), carried, null, List.of(), "");
  }

  /** "postsuper -r" begins a new lifetime; it would be cruel to end it here. */
  public Instant life() {
    return created.isAfter(arrival.plusSeconds(SAME_LIFE_SECONDS)) ? created : arrival;
  }

  private Instant nextAttempt(Instant now) {
    Instant latest = now.plusSeconds(LONGEST_WAIT_SECONDS);
    return modified.isAfter(latest) ? latest : modified;
  }
}

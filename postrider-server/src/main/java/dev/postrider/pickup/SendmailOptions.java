package dev.postrider.pickup;

import dev.postrider.mail.envelope.BodyType;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the arguments of one sendmail call mean. The command and the pickup read arguments by this
 * one parser, so a file the shell script wrote means what the Java command would have made of it.
 * Immutable.
 *
 * @param mode what is asked for
 * @param verify -bv: report how it would be delivered, deliver nothing
 * @param verbose how often -v was given
 * @param recipientsFromHeader -t
 * @param dotEnds whether a line of one dot ends the message: true without -i
 * @param sender -f or -r as given, or null
 * @param fullName -F, or null
 * @param bodyType -B
 * @param events -N; empty when not given or not understood
 * @param returnContent -R
 * @param envelopeId -V, or null
 * @param verpDelimiters -XV: two characters, empty for the configured ones, or null
 * @param flushSite -qR, or null
 * @param flushId -qI, or null
 * @param gateway -G: the message was made elsewhere, its header is complete
 * @param smtpUtf8 -O smtputf8=yes
 * @param requireTls -O requiretls=yes
 * @param configDirectory -C, or null
 * @param aliasDatabase -oA, or null
 * @param recipients the operands, each a list of addresses
 * @param warnings to be printed as {@code sendmail: warning: …}
 */
public record SendmailOptions(
    Mode mode,
    boolean verify,
    int verbose,
    boolean recipientsFromHeader,
    boolean dotEnds,
    @Nullable String sender,
    @Nullable String fullName,
    BodyType bodyType,
    Set<DsnRequest.Event> events,
    Envelope.ReturnContent returnContent,
    @Nullable String envelopeId,
    @Nullable String verpDelimiters,
    @Nullable String flushSite,
    @Nullable String flushId,
    boolean gateway,
    boolean smtpUtf8,
    boolean requireTls,
    @Nullable String configDirectory,
    @Nullable String aliasDatabase,
    List<String> recipients,
    List<String> warnings)
    implements SendmailCall {
  /** What a call of sendmail does. */
  public enum Mode {
    /** Takes a message. */
    ENQUEUE,
    /** -bp: lists the queue. */
    LIST_QUEUE,
    /** -q: tries everything now. */
    FLUSH_QUEUE,
    /** -bi, -I: rebuilds the alias tables. */
    NEW_ALIASES,
    /** -bd, -bl: starts the mail system. */
    DAEMON,
    /** -bs: SMTP on standard input and output. */
    STAND_ALONE,
    /** -bt: explains the addresses that it reads. */
    ADDRESS_TEST,
    /** -bh, -bH: nothing at all. */
    IGNORE
  }

  public SendmailOptions {
    events = Set.copyOf(events);
    recipients = List.copyOf(recipients);
    warnings = List.copyOf(warnings);
  }

  /** Whether a report of what became of the message was asked for: -v once, or -bv. */
  public boolean wantsReport() {
    return purpose() != Envelope.Purpose.DELIVERY;
  }

  /** What is to be done with the message. */
  public Envelope.Purpose purpose() {
    if (verify) {
      return Envelope.Purpose.PROBE;
    }
    return verbose == 1 ? Envelope.Purpose.TRACED_DELIVERY : Envelope.Purpose.DELIVERY;
  }
}

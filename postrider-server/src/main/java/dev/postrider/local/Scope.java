package dev.postrider.local;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Recipient;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All that an address inherits on the way from the recipient of the message down through aliases
 * and lists. Immutable.
 */
final class Scope {
  private static final Name NOBODY = new Name("", "", null, '\0', "");

  private final Draft facts;

  /** The facts while they are being changed. */
  private static final class Draft implements Cloneable {
    private int level;
    private Recipient recipient;
    private boolean known = true;
    private ReversePath sender;
    private @Nullable Mailbox owner;
    private @Nullable Mailbox reportsTo;
    private @Nullable String through;
    private @Nullable Mailbox delivered;
    private Name name = NOBODY;
    private @Nullable String unmatched;
    private Source source = Source.RECIPIENT;
    private @Nullable String from;
    private Rights rights = Rights.NONE;

    Draft(Recipient recipient, ReversePath sender) {
      this.recipient = recipient;
      this.sender = sender;
    }

    Draft copy() {
      try {
        return (Draft) clone();
      } catch (CloneNotSupportedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private Scope(Draft facts) {
    this.facts = facts;
  }

  /** Of a recipient of the message. */
  static Scope of(Recipient recipient, ReversePath sender) {
    return new Scope(new Draft(recipient, sender));
  }

  private Scope with(Consumer<Draft> change) {
    Draft copy = facts.copy();
    change.accept(copy);
    return new Scope(copy);
  }

  /** How deep it is. */
  int level() {
    return facts.level;
  }

  /** The address now. */
  Mailbox address() {
    return facts.recipient.mailbox();
  }

  /** With the reports that its sender asked for. */
  Recipient recipient() {
    return facts.recipient;
  }

  /**
   * Whether it counts what the address was at first; not behind an alias that has an owner, whose
   * members are told nothing of it.
   */
  boolean known() {
    return facts.known;
  }

  /** The address as logs and notices name it. */
  Recipient shown() {
    Recipient recipient = facts.recipient;
    return facts.known
        ? recipient
        : new Recipient(recipient.mailbox(), recipient.mailbox(), recipient.dsn());
  }

  /** Who hears of failures of what is sent on: the message's sender, or the owner of a list. */
  ReversePath sender() {
    return facts.sender;
  }

  /** The owner of a list on the way, or null. */
  @Nullable Mailbox owner() {
    return facts.owner;
  }

  /** The owner who hears of it when this very delivery fails, instead of the sender; or null. */
  @Nullable Mailbox reportsTo() {
    return facts.reportsTo;
  }

  /**
   * Who stands between the message and this address, so that mail to others than that one goes on
   * as a new message; or null.
   */
  @Nullable String through() {
    return facts.through;
  }

  /** What Delivered-To says; null before the first address. */
  @Nullable Mailbox delivered() {
    return facts.delivered;
  }

  /** What Delivered-To says. */
  Mailbox deliveredTo() {
    return facts.delivered == null ? address() : facts.delivered;
  }

  /** The address taken apart. */
  Name name() {
    return facts.name;
  }

  /** The extension that found no entry of its own and moves on, or null. */
  @Nullable String unmatched() {
    return facts.unmatched;
  }

  /** The kind of list that the address stands in. */
  Source source() {
    return facts.source;
  }

  /** The alias or user whose list that is, or null. */
  @Nullable String from() {
    return facts.from;
  }

  /** In whose name files are written and commands run. */
  Rights rights() {
    return facts.rights;
  }

  Scope deeper() {
    return with(draft -> draft.level++);
  }

  Scope withAddress(Mailbox address) {
    return with(draft -> draft.recipient = draft.recipient.redirectedTo(address));
  }

  Scope withName(Name name) {
    return with(draft -> {
      draft.name = name;
      draft.unmatched = name.extension();
    });
  }

  Scope withDelivered(Mailbox address) {
    return with(draft -> draft.delivered = address);
  }

  Scope withUnmatched(@Nullable String extension) {
    return with(draft -> draft.unmatched = extension);
  }

  Scope withRights(Rights rights) {
    return with(draft -> draft.rights = rights);
  }

  Scope passedThrough(@Nullable String who) {
    return with(draft -> draft.through = who);
  }

  /** Below a list. */
  Scope inside(Source source, @Nullable String from) {
    return with(draft -> {
      draft.source = source;
      draft.from = from;
    });
  }

  /** Below a list whose success is reported by itself. */
  Scope withReportedSuccess() {
    return with(draft ->
        draft.recipient =
            new Recipient(
                draft.recipient.mailbox(),
                draft.recipient.original(),
                draft.recipient.dsn().withoutSuccess()));
  }

  /** Below a mailing list: the owner answers for it, and the members hear nothing of the asker. */
  Scope ownedBy(Mailbox owner) {
    return with(draft -> {
      draft.owner = owner;
      draft.through = owner.internal();
      draft.known = false;
      draft.recipient =
          new Recipient(
              draft.recipient.mailbox(),
              draft.recipient.original(),
              new DsnRequest(draft.recipient.dsn().events(), null));
      // A notice has no sender to be replaced: giving it one could make it go round for ever.
      draft.sender = draft.sender.isNull() ? draft.sender : ReversePath.of(owner);
    });
  }

  /** What fails here is told to {@code owner}. */
  Scope reportingTo(Mailbox owner) {
    return with(draft -> draft.reportsTo = owner);
  }
}

package dev.postrider.intake;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mapping.MessageMapping;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The recipients of one message as it is stored: completed, mapped, aliases expanded, each once,
 * with those that main.cf adds. For one thread.
 */
final class RecipientList {
  /** Nobody hears of what main.cf adds. */
  private static final DsnRequest SILENT = new DsnRequest(Set.of(DsnRequest.Event.NEVER), null);

  private final MessageMapping mapping;
  private final IntakeSettings settings;

  /** Whether sender_bcc_maps and its like count: for what is handed over, not for our own mail. */
  private final boolean adds;

  private final List<Recipient> all = new ArrayList<>();
  private final List<Recipient> expanded = new ArrayList<>(0);
  private final Set<String> known = new HashSet<>();

  RecipientList(MessageMapping mapping, IntakeSettings settings, boolean adds) {
    this.mapping = mapping;
    this.settings = settings;
    this.adds = adds;
  }

  /** Everybody so far, in order. */
  List<Recipient> all() {
    return all;
  }

  /** Recipients whose senders are to hear that they were names for others (RFC 3461 §5.2.7). */
  List<Recipient> expanded() {
    return expanded;
  }

  void addForSender(ReversePath sender) {
    if (adds) {
      mapping.alsoFor(sender).forEach(this::addSilently);
    }
  }

  void add(Recipient given) {
    Mailbox mailbox = mapping.recipient(given.mailbox());
    expand(given.redirectedTo(mailbox));
    if (adds) {
      mapping.alsoFor(mailbox).forEach(this::addSilently);
    }
  }

  void addAlways() {
    if (adds && !all.isEmpty()) {
      mapping.alsoAlways().forEach(this::addSilently);
    }
  }

  private void addSilently(Mailbox given) {
    Mailbox mailbox = mapping.recipient(given);
    expand(new Recipient(mailbox, mailbox, SILENT));
  }

  private void expand(Recipient recipient) {
    List<Mailbox> addresses = mapping.expand(recipient.mailbox());
    boolean same = addresses.size() == 1 && addresses.getFirst().equals(recipient.mailbox());
    Recipient one = recipient;
    if (!same && recipient.dsn().wantsSuccess()) {
      expanded.add(recipient);
      one =
          new Recipient(
              recipient.mailbox(), recipient.original(), recipient.dsn().withoutSuccess());
    }
    for (Mailbox address : addresses) {
      addOnce(one, one.redirectedTo(address));
    }
  }

  private void addOnce(Recipient before, Recipient recipient) {
    String key = key(before, recipient);
    if (known.contains(key)) {
      return;
    }
    // Beyond the limit nothing is remembered, so that memory stays bounded; a recipient may then
    // get a message twice, but never not at all.
    if (settings.duplicateLimit <= 0 || known.size() < settings.duplicateLimit) {
      known.add(key);
    }
    all.add(recipient);
  }

  /** Under this key a recipient is the same recipient: Postfix ignores all case here. */
  private String key(Recipient before, Recipient recipient) {
    String mailbox = recipient.mailbox().internal();
    if (!settings.keepsOriginal) {
      return mailbox.toLowerCase(Locale.ROOT);
    }
    String original = recipient.dsn().originalRecipient();
    return (original == null ? before.mailbox().internal() : original)
        .concat("\n" + new TreeSet<>(recipient.dsn().events()))
        .concat("\n" + recipient.original().internal() + "\n" + mailbox)
        .toLowerCase(Locale.ROOT);
  }
}

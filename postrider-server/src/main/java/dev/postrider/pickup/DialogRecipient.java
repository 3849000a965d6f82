package dev.postrider.pickup;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Recipient;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A recipient that came by RCPT TO, with what command line operands cannot say: its own NOTIFY and
 * ORCPT. Immutable.
 */
record DialogRecipient(
    Set<DsnRequest.Event> events, @Nullable String originalRecipient, Mailbox mailbox) {
  DialogRecipient {
    events = Set.copyOf(events);
  }

  static DialogRecipient of(Recipient recipient) {
    return new DialogRecipient(
        recipient.dsn().events(), recipient.dsn().originalRecipient(), recipient.mailbox());
  }

  Recipient recipient() {
    return new Recipient(mailbox, mailbox, new DsnRequest(events, originalRecipient));
  }

  /** {@code NOTIFY SP ORCPT SP ADDRESS}; a dash stands for nothing, and ORCPT has no space. */
  String field() {
    StringBuilder words = new StringBuilder();
    for (DsnRequest.Event event : events) {
      words.append(words.isEmpty() ? "" : ",").append(event);
    }
    return (words.isEmpty() ? "-" : words)
        + " "
        + (originalRecipient == null
            ? "-"
            : originalRecipient.replace("%", "%25").replace(" ", "%20"))
        + " "
        + mailbox.external();
  }

  static DialogRecipient parse(String field) throws MaildropFormatException {
    int first = field.indexOf(' ');
    int second = field.indexOf(' ', first + 1);
    if (first < 0 || second < 0) {
      throw new MaildropFormatException("a recipient in its head is incomplete");
    }
    EnumSet<DsnRequest.Event> parsed = EnumSet.noneOf(DsnRequest.Event.class);
    String words = field.substring(0, first);
    if (!words.equals("-")) {
      for (String word : words.split(",")) {
        try {
          parsed.add(DsnRequest.Event.valueOf(word.toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
          throw new MaildropFormatException("unknown NOTIFY word in its head: " + word);
        }
      }
    }
    if (parsed.contains(DsnRequest.Event.NEVER) && parsed.size() > 1) {
      throw new MaildropFormatException("NOTIFY=NEVER with others in its head");
    }
    String original = field.substring(first + 1, second);
    String address = field.substring(second + 1);
    return new DialogRecipient(
        parsed,
        original.equals("-") ? null : original.replace("%20", " ").replace("%25", "%"),
        AddressArguments.mailbox(address));
  }
}

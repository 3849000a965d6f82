package dev.postrider.mail.message;

import dev.postrider.mail.address.AddressList;
import dev.postrider.mail.address.Mailbox;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Addresses in header fields: which fields have them, reading and changing them. A field that
 * nothing changes comes back as the same object; a changed one is printed and folded as Postfix
 * prints it. Safe on any thread.
 */
public final class HeaderAddresses {
  /** Fields that speak of senders, as Postfix classes them. */
  private static final Set<String> SENDERS =
      Set.of(
          "from",
          "sender",
          "reply-to",
          "resent-from",
          "resent-sender",
          "return-receipt-to",
          "disposition-notification-to",
          "errors-to",
          "mail-followup-to",
          "return-path");

  private static final Set<String> RECIPIENTS =
      Set.of(
          "to",
          "cc",
          "bcc",
          "resent-to",
          "resent-cc",
          "resent-bcc",
          "resent-reply-to",
          "apparently-to");

  /** A changed field is folded before an address that would make its line this long. */
  private static final int FOLD_AT = 70;

  private HeaderAddresses() {}

  /** From, Sender, Reply-To and the like, any case. */
  public static boolean isSenderField(String name) {
    return SENDERS.contains(name.strip().toLowerCase(Locale.ROOT));
  }

  /** To, Cc, Bcc and their Resent- forms, any case. */
  public static boolean isRecipientField(String name) {
    return RECIPIENTS.contains(name.strip().toLowerCase(Locale.ROOT));
  }

  /** The mailboxes of an address field, in order; an address that names none is left out. */
  public static List<Mailbox> addresses(HeaderField field) {
    List<Mailbox> found = new ArrayList<>();
    for (Mailbox mailbox : AddressList.parse(field.value()).mailboxes()) {
      found.add(decoded(mailbox));
    }
    return found;
  }

  /**
   * Changes each mailbox of an address field; any other field comes back as it is.
   *
   * @param change gets and returns text as people read it (UTF-8 decoded)
   */
  public static HeaderField rewrite(HeaderField field, UnaryOperator<Mailbox> change) {
    if (!isSenderField(field.name()) && !isRecipientField(field.name())) {
      return field;
    }
    AddressList before = AddressList.parse(field.value());
    AddressList after =
        before.rewrite(mailbox -> {
          Mailbox readable = decoded(mailbox);
          Mailbox changed = change.apply(readable);
          return changed.equals(readable) ? mailbox : encoded(changed);
        });
    if (after.equals(before)) {
      return field;
    }
    String name = field.name().strip();
    return new HeaderField(name, folded(name.length() + 1, after.lines()));
  }

  private static String folded(int column, List<String> lines) {
    StringBuilder value = new StringBuilder(" ").append(lines.getFirst());
    int length = column + value.length();
    for (String line : lines.subList(1, lines.size())) {
      if (length + 1 + line.length() < FOLD_AT) {
        value.append(' ').append(line);
        length += 1 + line.length();
      } else {
        value.append("\n\t").append(line);
        length = line.length();
      }
    }
    return value.toString();
  }

  private static Mailbox decoded(Mailbox mailbox) {
    return new Mailbox(
        Latin1Text.decodeUtf8(mailbox.localPart()), Latin1Text.decodeUtf8(mailbox.domain()));
  }

  private static Mailbox encoded(Mailbox mailbox) {
    return new Mailbox(
        Latin1Text.encodeUtf8(mailbox.localPart()), Latin1Text.encodeUtf8(mailbox.domain()));
  }
}

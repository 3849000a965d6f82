package dev.postrider.local;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.table.RecipientDelimiter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A local address taken apart. Immutable.
 *
 * @param local the local part, in lower case
 * @param user the same without extension
 * @param extension what follows the delimiter, or null if there is no delimiter
 * @param delimiter the delimiter of the extension, or NUL
 * @param domain in lower case
 */
record Name(String local, String user, @Nullable String extension, char delimiter, String domain) {
  /**
   * Takes an address apart. An extension with a slash is dropped: it would become part of a file
   * name.
   */
  static Name of(Mailbox mailbox, RecipientDelimiter separator) {
    String local = mailbox.localPart().toLowerCase(Locale.ROOT);
    String domain = mailbox.domain().toLowerCase(Locale.ROOT);
    int split = separator.start(local);
    if (split < 0) {
      return new Name(local, local, null, '\0', domain);
    }
    String user = local.substring(0, split);
    String extension = local.substring(split + 1);
    return extension.indexOf('/') >= 0
        ? new Name(user, user, null, '\0', domain)
        : new Name(local, user, extension, local.charAt(split), domain);
  }

  /** Of {@code \name}, which goes to the mailbox of that name as it stands. */
  Name withoutBackslash() {
    return new Name(local.substring(1), user.substring(1), extension, delimiter, domain);
  }
}

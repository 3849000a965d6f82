package dev.postrider.archive;

import dev.postrider.mail.address.Mailbox;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link Mailbox#external} prints. Not a parser of what people write: the domain may be
 * anything that can stand in a command line of SMTP, because a queue may hold any. Functions only.
 */
final class AddressText {
  /** Longer than any address that a mail system takes. */
  static final int MOST = 1_000;

  private AddressText() {}

  /** Null if it is none. */
  static @Nullable Mailbox parse(String text) {
    if (text.isEmpty() || text.length() > MOST || !isPlain(text)) {
      return null;
    }
    return text.charAt(0) == '"' ? quoted(text) : unquoted(text);
  }

  private static @Nullable Mailbox unquoted(String text) {
    int at = text.indexOf('@');
    String local = at < 0 ? text : text.substring(0, at);
    if (local.chars().anyMatch(c -> " \t()<>[]:;,\\\"".indexOf(c) >= 0)) {
      return null;
    }
    return mailbox(local, at < 0 ? null : text.substring(at + 1));
  }

  private static @Nullable Mailbox quoted(String text) {
    StringBuilder local = new StringBuilder();
    for (int i = 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        String rest = text.substring(i + 1);
        if (rest.isEmpty()) {
          return mailbox(local.toString(), null);
        }
        return rest.charAt(0) == '@' ? mailbox(local.toString(), rest.substring(1)) : null;
      }
      if (c == '\\') {
        i++;
        if (i == text.length()) {
          return null;
        }
      }
      local.append(text.charAt(i));
    }
    return null;
  }

  private static @Nullable Mailbox mailbox(String local, @Nullable String domain) {
    if (local.isEmpty() || (domain != null && !isDomain(domain))) {
      return null;
    }
    return new Mailbox(local, domain == null ? "" : domain);
  }

  private static boolean isDomain(String text) {
    return !text.isEmpty() && text.chars().noneMatch(c -> c <= ' ' || "<>\"\\".indexOf(c) >= 0);
  }

  /** Without control characters, and without halves of characters that UTF-8 cannot hold. */
  static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7f) {
        return false;
      }
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return false;
        }
        i++;
      }
    }
    return true;
  }
}

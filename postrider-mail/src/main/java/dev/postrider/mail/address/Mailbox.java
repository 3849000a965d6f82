package dev.postrider.mail.address;

import java.util.Locale;

/**
 * One mailbox, {@code localPart@domain} (RFC 5321 §4.1.2). Immutable.
 *
 * @param localPart in its meaning, not its spelling: without quotes or backslashes; case preserved.
 *     Never empty, may hold spaces and {@code @}; no CR, LF or NUL
 * @param domain as written: a name, a U-label name or an address literal in brackets; empty only
 *     before qualification, when a person wrote just {@code root}
 */
public record Mailbox(String localPart, String domain) {
  public Mailbox {
    if (localPart.isEmpty()) {
      throw new IllegalArgumentException("empty local-part");
    }
    if (hasLineBreakOrNul(localPart) || hasLineBreakOrNul(domain)) {
      throw new IllegalArgumentException("line break or NUL in an address");
    }
  }

  /** The same mailbox with {@code newDomain}, when it has none yet. */
  public Mailbox qualified(String newDomain) {
    return domain.isEmpty() ? new Mailbox(localPart, newDomain) : this;
  }

  /** {@code local@domain} without quoting: what lookup tables are keyed by, as in Postfix. */
  public String internal() {
    return domain.isEmpty() ? localPart : localPart + "@" + domain;
  }

  /**
   * Spelled for the wire, and for logs and listings: the local-part quoted when it is no dot-string
   * (RFC 5321 §4.1.2).
   */
  public String external() {
    String local = isDotString(localPart) ? localPart : quote(localPart);
    return domain.isEmpty() ? local : local + "@" + domain;
  }

  /** Whether an octet outside ASCII makes this need SMTPUTF8 (RFC 6531 §3.3). */
  public boolean needsSmtpUtf8() {
    return !isAscii(localPart) || !isAscii(domain);
  }

  /** Equal but for the case of the domain, which has none (RFC 5321 §2.4). */
  public boolean sameAs(Mailbox other) {
    return localPart.equals(other.localPart) && domain.equalsIgnoreCase(other.domain);
  }

  /** A key under which {@link #sameAs} mailboxes collide. */
  public String key() {
    return localPart + "@" + domain.toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return external();
  }

  private static boolean hasLineBreakOrNul(String text) {
    return text.indexOf('\r') >= 0 || text.indexOf('\n') >= 0 || text.indexOf('\0') >= 0;
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  private static boolean isDotString(String text) {
    boolean atomOpen = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.') {
        if (!atomOpen) {
          return false;
        }
        atomOpen = false;
      } else if (isAtomText(c)) {
        atomOpen = true;
      } else {
        return false;
      }
    }
    return atomOpen;
  }

  /** RFC 5322 atext, with everything beyond ASCII added as RFC 6531 §3.3 does. */
  static boolean isAtomText(char c) {
    return c >= 0x80
        || (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "!#$%&'*+-/=?^_`{|}~".indexOf(c) >= 0;
  }

  private static String quote(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\');
      }
      out.append(c);
    }
    return out.append('"').toString();
  }
}

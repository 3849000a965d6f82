package dev.postrider.bounce;

import dev.postrider.mail.address.Mailbox;

/** Reads where notices go to and come from. */
final class NoticeAddress {
  private NoticeAddress() {}

  /** A setting of the administrator's: {@code postmaster}, without a domain, or with one. */
  static Mailbox of(String text) {
    int at = text.lastIndexOf('@');
    return at <= 0
        ? new Mailbox(text.isEmpty() ? "postmaster" : text, "")
        : new Mailbox(text.substring(0, at), text.substring(at + 1));
  }
}

package dev.postrider.mailbox;

import java.io.IOException;

/** A mailbox that cannot be used as it is; the text names it and says what helps. */
public final class MailboxException extends IOException {
  @java.io.Serial private static final long serialVersionUID = 1L;

  public MailboxException(String message) {
    super(message);
  }
}

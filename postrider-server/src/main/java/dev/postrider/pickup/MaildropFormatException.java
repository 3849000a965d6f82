package dev.postrider.pickup;

import java.io.IOException;
import java.io.Serial;

/**
 * A maildrop file or stream that no sendmail of ours wrote. The message completes "it is bad: …".
 */
final class MaildropFormatException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  MaildropFormatException(String message) {
    super(message);
  }
}

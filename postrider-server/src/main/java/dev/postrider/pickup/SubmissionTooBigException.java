package dev.postrider.pickup;

import java.io.IOException;
import java.io.Serial;

/** A submission above message_size_limit, noticed while it is read. */
final class SubmissionTooBigException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  SubmissionTooBigException() {
    super("message file too big");
  }
}

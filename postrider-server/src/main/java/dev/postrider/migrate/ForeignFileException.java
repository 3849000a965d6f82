package dev.postrider.migrate;

import java.io.IOException;

/** A foreign configuration cannot be read; the message names file, reason and remedy. */
public final class ForeignFileException extends IOException {
  private static final long serialVersionUID = 1;

  ForeignFileException(String message) {
    super(message);
  }

  ForeignFileException(String message, IOException cause) {
    super(message, cause);
  }
}

package dev.postrider.spool;

import java.io.IOException;

/** A record whose bytes are whole but make no sense. */
final class BadRecordException extends IOException {
  private static final long serialVersionUID = 1;

  BadRecordException(String message) {
    super(message);
  }
}

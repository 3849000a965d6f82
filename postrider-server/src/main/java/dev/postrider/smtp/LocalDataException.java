package dev.postrider.smtp;

import java.io.IOException;

/** A table of ours did not answer in the middle of a session: the server is not to blame. */
final class LocalDataException extends IOException {
  private static final long serialVersionUID = 1;

  LocalDataException(String message) {
    super(message);
  }
}

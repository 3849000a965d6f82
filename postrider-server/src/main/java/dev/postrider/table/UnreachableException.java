package dev.postrider.table;

import java.io.IOException;

/** A server is not there, or does not let us in: it is not asked again for a minute. */
final class UnreachableException extends IOException {
  @java.io.Serial private static final long serialVersionUID = 1L;

  UnreachableException(String message, Throwable cause) {
    super(message, cause);
  }
}

package dev.postrider.archive;

import java.io.IOException;

/** The content of a message cannot be read: it is damaged, or has left the queue meanwhile. */
public final class UnreadableException extends IOException {
  private static final long serialVersionUID = 1;

  UnreadableException(IOException cause) {
    super(cause.getMessage(), cause);
  }
}

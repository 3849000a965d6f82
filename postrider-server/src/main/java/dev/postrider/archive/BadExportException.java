package dev.postrider.archive;

import java.io.IOException;

/** A message that cannot be imported; the text is one sentence with place and remedy. */
public final class BadExportException extends IOException {
  private static final long serialVersionUID = 1;

  public BadExportException(String message) {
    super(message);
  }
}

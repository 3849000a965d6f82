package dev.postrider.archive;

import java.io.IOException;

/** A file of an export that cannot be used; the message is one sentence with place and remedy. */
public final class BadExportException extends IOException {
  private static final long serialVersionUID = 1;

  BadExportException(String message) {
    super(message);
  }
}

package dev.postrider.cli;

import java.io.IOException;

/** Whoever types has pressed the interrupt key instead of ending the line. */
final class MailInterruptException extends IOException {
  @java.io.Serial private static final long serialVersionUID = 1L;

  MailInterruptException() {
    super("interrupted");
  }
}

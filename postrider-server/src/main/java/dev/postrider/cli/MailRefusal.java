package dev.postrider.cli;

/** A command of a reader that cannot be done; the message is all that is to be said. */
final class MailRefusal extends Exception {
  @java.io.Serial private static final long serialVersionUID = 1L;

  MailRefusal(String message) {
    super(message, null, false, false);
  }
}

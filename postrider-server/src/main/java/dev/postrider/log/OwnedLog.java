package dev.postrider.log;

/**
 * A mail log that belongs to who opened it. {@link #close} returns when everything is written that
 * was logged before, or after five seconds. Safe on any thread.
 */
public interface OwnedLog extends MailLog, AutoCloseable {
  /** Begins anew behind a rotation: opens the file or socket again before the next line. */
  void reopen();

  @Override
  void close();
}

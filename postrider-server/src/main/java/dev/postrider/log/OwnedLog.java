package dev.postrider.log;

/**
 * A mail log that belongs to who opened it. {@link #close} returns when everything is written that
 * was logged before, or after five seconds. Safe on any thread.
 */
public interface OwnedLog extends MailLog, AutoCloseable {
  /**
   * Begins anew behind a rotation: opens the file or socket again. Returns when that is done and
   * the old file gets no more lines, or after five seconds.
   */
  void reopen();

  @Override
  void close();
}

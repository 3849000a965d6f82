package dev.postrider.log;

/** Makes one line of what is logged. Safe on any thread. */
sealed interface LineFormat permits TextLines, JsonLines {
  /** Appends the whole line, without its end; nothing in {@code text} can end it. */
  void append(StringBuilder line, MailLog.Severity severity, String process, String text);
}

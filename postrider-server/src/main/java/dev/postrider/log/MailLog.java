package dev.postrider.log;

/**
 * The mail log (Postfix's format). Safe on any thread; never throws and never blocks on the
 * network.
 *
 * <p>A line is {@code syslog_name/process[pid]: text}. {@code process} is Postfix's name of the
 * part that speaks: {@code smtpd}, {@code cleanup}, {@code qmgr}, {@code smtp}, {@code pickup} …
 */
public interface MailLog {
  /** How grave: Postfix's five severities without the two that end a process. */
  enum Severity {
    INFO,
    WARNING,
    ERROR
  }

  /**
   * Writes one line.
   *
   * @param process Postfix's name of the part, with the service's syslog_name suffix if it has one
   * @param text without line breaks; control bytes are escaped by the log itself
   */
  void log(Severity severity, String process, String text);

  default void info(String process, String text) {
    log(Severity.INFO, process, text);
  }

  default void warning(String process, String text) {
    log(Severity.WARNING, process, text);
  }

  default void error(String process, String text) {
    log(Severity.ERROR, process, text);
  }

  /**
   * For a bug: one line with the stack folded into it, so that mail is deferred and we hear of it.
   */
  default void bug(String process, String what, Throwable cause) {
    StringBuilder text = new StringBuilder("unexpected: ").append(what).append(": ").append(cause);
    StackTraceElement[] stack = cause.getStackTrace();
    for (int i = 0; i < Math.min(stack.length, 12); i++) {
      text.append(" at ").append(stack[i]);
    }
    log(Severity.ERROR, process, text.toString());
  }
}

package dev.postrider.cli;

import dev.postrider.log.MailLog;

/** What tables have to say goes to the terminal of whoever called the command. */
record TableLog(Invocation call) implements MailLog {
  @Override
  public void log(Severity severity, String process, String text) {
    switch (severity) {
      // Only a table of type debug has something to tell.
      case INFO -> call.err().println(call.name() + ": " + text);
      case WARNING -> call.warning(text);
      case ERROR -> {
        // A table that cannot be read ends the command, which says so itself.
      }
    }
  }
}

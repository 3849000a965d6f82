package dev.postrider.daemon;

import dev.postrider.cli.Postlog;
import dev.postrider.config.Config;
import dev.postrider.log.LogTarget;
import dev.postrider.log.MailLog;
import dev.postrider.log.MailLogs;
import dev.postrider.log.OwnedLog;
import java.io.IOException;
import java.time.InstantSource;
import java.time.ZoneId;

/** Opens the mail log that a configuration names. */
final class Logs {
  private Logs() {}

  /** For a command: lines under a name of their own. */
  static Postlog.OpenLog ofCommand(Config config, String name) throws Postlog.UnusableLogException {
    OwnedLog log;
    try {
      log = open(config, name);
    } catch (IOException e) {
      throw new Postlog.UnusableLogException(e);
    }
    return new Postlog.OpenLog() {
      @Override
      public MailLog log() {
        return log;
      }

      @Override
      public void close() {
        log.close();
      }
    };
  }

  private static OwnedLog open(Config config, String name) throws IOException {
    return open(config, target(config), name);
  }

  /** Opens a log whose target is known already. */
  static OwnedLog open(Config config, LogTarget target, String name) throws IOException {
    return new MailLogs(config.text("myhostname"), InstantSource.system(), ZoneId.systemDefault())
        .open(target, name);
  }

  /**
   * Where the lines go.
   *
   * @throws IOException naming the parameter, the value and what would do
   */
  static LogTarget target(Config config) throws IOException {
    try {
      return LogTarget.of(
          new LogTarget.FileSettings(
              config.text("maillog_file"),
              config.list("maillog_file_prefixes"),
              config.text("maillog_file_permissions"),
              config.text("postrider_log_format")),
          config.text("syslog_facility"));
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}

package dev.postrider.daemon;

import dev.postrider.config.Config;
import dev.postrider.log.LogTarget;
import dev.postrider.log.OwnedLog;
import java.io.IOException;

/**
 * The daemon's log, which a reload may move elsewhere while everything that logs keeps it. Safe on
 * any thread, but {@link #use} is for one at a time.
 */
final class DaemonLog implements OwnedLog {
  private record Open(OwnedLog log, LogTarget target, String name) {}

  private volatile Open open;

  private DaemonLog(Open open) {
    this.open = open;
  }

  /**
   * Opens the log of a configuration.
   *
   * @throws IOException naming the parameter, the value and the reason
   */
  static DaemonLog open(Config config) throws IOException {
    return new DaemonLog(opened(config, Logs.target(config)));
  }

  private static Open opened(Config config, LogTarget target) throws IOException {
    String name = config.text("syslog_name");
    return new Open(Logs.open(config, target, name), target, name);
  }

  /**
   * Goes on where a changed configuration says; where nothing changed, with the file that is open.
   *
   * @throws IOException if the new log cannot be opened, and the old one stays
   */
  void use(Config config) throws IOException {
    Open old = open;
    LogTarget target = Logs.target(config);
    if (target.equals(old.target()) && config.text("syslog_name").equals(old.name())) {
      return;
    }
    open = opened(config, target);
    old.log().close();
  }

  @Override
  public void log(Severity severity, String process, String text) {
    open.log().log(severity, process, text);
  }

  @Override
  public void reopen() {
    open.log().reopen();
  }

  @Override
  public void close() {
    open.log().close();
  }
}

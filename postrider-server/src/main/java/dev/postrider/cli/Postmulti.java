package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.log.MailLog;
import java.io.IOException;
import java.util.Optional;

/**
 * postmulti(1): several instances on one machine. Which there are is written in the main.cf of the
 * primary one, the system's; each has directories of its own.
 */
public final class Postmulti implements Command {
  private final Command postfix;
  private final QueueReader.StoppedQueue stoppedQueue;
  private final Postlog.LogOpener opener;

  /**
   * @param postfix starts, stops and prepares one instance
   * @param stoppedQueue tells what waits in an instance that is to be destroyed
   */
  public Postmulti(
      Command postfix, QueueReader.StoppedQueue stoppedQueue, Postlog.LogOpener opener) {
    this.postfix = postfix;
    this.stoppedQueue = stoppedQueue;
    this.opener = opener;
  }

  @Override
  public int run(Invocation call) throws IOException, InterruptedException {
    Config primary;
    try {
      refuseOtherPrimary(call);
      primary = Config.load(ConfigDirectory.of(call, Optional.empty()));
    } catch (ConfigException e) {
      call.fatal(String.valueOf(e.getMessage()));
      return 1;
    }
    try {
      return run(call, primary, PostmultiRequest.parse(call));
    } catch (ConfigException e) {
      call.fatal(String.valueOf(e.getMessage()));
      log(primary, "fatal: " + e.getMessage());
      return 1;
    }
  }

  /** Every instance is run with MAIL_CONFIG set, and none but the first knows of the others. */
  private static void refuseOtherPrimary(Invocation call) throws ConfigException {
    String other = call.environment().getOrDefault("MAIL_CONFIG", "");
    if (!other.isEmpty() && !other.equals(ConfigDirectory.SYSTEM.toString())) {
      throw new ConfigException("Non-default configuration directory: MAIL_CONFIG=" + other);
    }
  }

  private int run(Invocation call, Config primary, PostmultiRequest request)
      throws IOException, InterruptedException, ConfigException {
    InstanceEditor editor =
        new InstanceEditor(
            call,
            primary,
            postfix,
            stoppedQueue,
            warning -> {
              call.warning(warning);
              log(primary, "warning: " + warning);
            });
    if (request.mode() == PostmultiRequest.Mode.INIT) {
      return editor.initialise();
    }
    MailInstances instances = MailInstances.load(primary);
    if (request.mode().isEdit()) {
      return editor.edit(instances, request);
    }
    InstanceSelection selection =
        request.selection() instanceof InstanceSelection.None
            ? new InstanceSelection.All()
            : request.selection();
    if (request.mode() == PostmultiRequest.Mode.LIST) {
      list(call, instances, selection, request.reverse());
      return 0;
    }
    InstanceRunner runner = new InstanceRunner(call, primary, instances.all(), postfix);
    return request.mode() == PostmultiRequest.Mode.POSTFIX
        ? runner.postfix(selection, request.operands())
        : runner.command(selection, request.reverse(), request.operands());
  }

  private static void list(
      Invocation call, MailInstances instances, InstanceSelection selection, boolean reverse) {
    for (MailInstance each : reverse ? instances.all().reversed() : instances.all()) {
      if (selection.matches(each)) {
        call.out()
            .printf(
                "%-15s %-15s %-9s %s\n",
                each.name().isEmpty() ? "-" : each.name(),
                each.group().isEmpty() ? "-" : each.group(),
                each.enabled() ? "y" : "n",
                each.configDirectory());
      }
    }
  }

  private void log(Config primary, String text) {
    try (Postlog.OpenLog log = opener.open(primary, primary.text("syslog_name") + "/postmulti")) {
      log.log().log(MailLog.Severity.INFO, "", text);
    } catch (Postlog.UnusableLogException e) {
      // It was told on standard error, to whoever called.
      return;
    }
  }
}

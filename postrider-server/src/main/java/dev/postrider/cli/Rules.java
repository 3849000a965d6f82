package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.failure.FailureRules;

/** The rules about failures, for commands that print reasons. Functions only. */
final class Rules {
  private Rules() {}

  /** A mistake in the administrator's own rules is said, and does not hide the queue. */
  static FailureRules of(Invocation call, Config config) {
    try {
      return FailureRules.of(config);
    } catch (ConfigException e) {
      call.warning(e.getMessage() + " (the rules that come with the program are used)");
      return FailureRules.shipped();
    }
  }
}

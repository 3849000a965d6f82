package dev.postrider.smtp;

import dev.postrider.config.Config;
import java.time.Duration;
import java.util.List;

/**
 * main.cf as one dialect reads it: parameters are asked for by SMTP's name. Immutable.
 *
 * @param main with the service's own overrides
 */
public record ClientConfig(Config main, Dialect dialect) {
  /** See {@link Config#text}. */
  String text(String smtpName) {
    return main.text(dialect.parameter(smtpName));
  }

  /** See {@link Config#flag}. */
  boolean flag(String smtpName) {
    return main.flag(dialect.parameter(smtpName));
  }

  /** See {@link Config#number}. */
  int number(String smtpName) {
    return main.number(dialect.parameter(smtpName));
  }

  /** See {@link Config#time}. */
  Duration time(String smtpName) {
    return main.time(dialect.parameter(smtpName));
  }

  /** See {@link Config#list}. */
  public List<String> list(String smtpName) {
    return main.list(dialect.parameter(smtpName));
  }
}

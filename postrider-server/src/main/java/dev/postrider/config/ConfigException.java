package dev.postrider.config;

import java.io.Serial;

/**
 * A configuration that cannot be used; the message names file, line, parameter, value and remedy.
 */
public final class ConfigException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  public ConfigException(String message) {
    super(message);
  }

  public ConfigException(String message, Throwable cause) {
    super(message, cause);
  }
}

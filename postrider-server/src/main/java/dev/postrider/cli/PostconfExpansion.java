package dev.postrider.cli;

import dev.postrider.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** Expansion as postconf shows it: what is wrong is a warning, that it failed is fatal. */
final class PostconfExpansion {
  private PostconfExpansion() {}

  static String expanded(
      Invocation call, PostconfNames names, String value, PostconfNames.@Nullable Service scope)
      throws ConfigException {
    try {
      return names.expanded(value, scope);
    } catch (ConfigException e) {
      call.warning(String.valueOf(e.getMessage()));
      throw new ConfigException("macro processing error", e);
    }
  }
}

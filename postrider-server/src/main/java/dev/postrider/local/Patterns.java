package dev.postrider.local;

import dev.postrider.config.ConfigException;
import dev.postrider.config.Expansion;
import org.jspecify.annotations.Nullable;

/**
 * Expands {@code $user}, {@code ${extension?text}} and such in forward_path,
 * command_execution_directory and luser_relay: the names that local(8) lists, and no others.
 * Stateless.
 */
final class Patterns {
  /**
   * What became of a pattern.
   *
   * @param text the result
   * @param complete whether every name in it had a value
   * @param extended whether the address extension went into it
   */
  record Result(String text, boolean complete, boolean extended) {}

  private Patterns() {}

  /**
   * Expands a pattern.
   *
   * @param filter the characters that values may have, others become {@code _}; null for all
   * @param delimiters recipient_delimiter
   * @throws ConfigException saying what is wrong in the pattern
   */
  static Result expand(String pattern, Scope scope, @Nullable String filter, String delimiters)
      throws ConfigException {
    Values values = new Values(scope, filter, delimiters);
    String text = Expansion.expand(pattern, values);
    return new Result(text, values.complete, values.extended);
  }

  /** Replaces what the filter does not allow. */
  static String filtered(String value, String filter) {
    StringBuilder out = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (filter.indexOf(c) >= 0) {
        out.append(c);
      } else {
        // An octet each, as Postfix counts: a letter beyond ASCII is more than one.
        out.repeat('_', width(value, i));
      }
    }
    return out.toString();
  }

  private static int width(String text, int at) {
    char c = text.charAt(at);
    if (c < 0x80 || Character.isLowSurrogate(c)) {
      return 1;
    }
    return c < 0x800 ? 2 : 3;
  }

  private static final class Values implements Expansion.Names {
    private final Scope scope;
    private final @Nullable String filter;
    private final String delimiters;
    private boolean complete = true;
    private boolean extended;

    Values(Scope scope, @Nullable String filter, String delimiters) {
      this.scope = scope;
      this.filter = filter;
      this.delimiters = delimiters;
    }

    @Override
    public @Nullable String value(String name) {
      @Nullable String value = plain(name);
      return value == null || filter == null ? value : filtered(value, filter);
    }

    /** Values are taken as they stand: a dollar sign in an address means nothing. */
    @Override
    public boolean raw(String name) {
      return true;
    }

    @Override
    public void used(String name, boolean known) {
      complete &= known;
      extended |= name.equals("extension");
    }

    private @Nullable String plain(String name) {
      Name parts = scope.name();
      return switch (name) {
        case "user" -> parts.user();
        case "home" -> scope.rights().home();
        case "shell" -> scope.rights().shell();
        case "domain" -> parts.domain();
        case "local", "mailbox" -> parts.local();
        case "recipient" -> scope.address().internal();
        case "extension" -> parts.extension();
        case "recipient_delimiter" -> delimiter();
        default -> null;
      };
    }

    private @Nullable String delimiter() {
      if (scope.name().delimiter() != '\0') {
        return String.valueOf(scope.name().delimiter());
      }
      return delimiters.isEmpty() ? null : delimiters.substring(0, 1);
    }
  }
}

package dev.postrider.table;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Which regular expressions a table has: POSIX (regexp_table(5)) or Perl's (pcre_table(5)), both
 * translated to Java's. {@code docs/tables.md} lists what differs.
 */
enum PatternSyntax {
  REGEXP("regexp", "imx"),
  PCRE("pcre", "imsxAEX");

  private final String word;
  private final String flags;

  PatternSyntax(String word, String flags) {
    this.word = word;
    this.flags = flags;
  }

  String word() {
    return word;
  }

  /** The first letter of the flags that the type does not have, or null. */
  @Nullable Character unknownFlag(String given) {
    for (int i = 0; i < given.length(); i++) {
      if (flags.indexOf(given.charAt(i)) < 0) {
        return given.charAt(i);
      }
    }
    return null;
  }

  /**
   * Compiles one expression.
   *
   * @param given each letter toggles its default
   */
  Pattern compile(String expression, String given) throws PatternSyntaxException {
    boolean ignoreCase = !toggled(given, 'i');
    boolean lines = toggled(given, 'm');
    int options = Pattern.UNIX_LINES;
    options |= ignoreCase ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0;
    options |= lines ? Pattern.MULTILINE : 0;
    return switch (this) {
      case REGEXP -> {
        // REG_NEWLINE also keeps a dot from matching a line break.
        options |= lines ? 0 : Pattern.DOTALL;
        yield Pattern.compile(
            new PatternTranslation(expression, true, !toggled(given, 'x'), !lines).translate(),
            options);
      }
      case PCRE -> {
        options |= toggled(given, 's') ? 0 : Pattern.DOTALL;
        options |= toggled(given, 'x') ? Pattern.COMMENTS : 0;
        String java =
            new PatternTranslation(expression, false, true, toggled(given, 'E') && !lines)
                .translate();
        yield Pattern.compile(toggled(given, 'A') ? "\\G(?:" + java + ")" : java, options);
      }
    };
  }

  private static boolean toggled(String given, char flag) {
    return given.chars().filter(c -> c == flag).count() % 2 == 1;
  }
}

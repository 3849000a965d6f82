package dev.postrider.smtpd;

import dev.postrider.config.ConfigException;
import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import dev.postrider.table.TableSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * smtpd_forbidden_commands: words that show that the client does not speak SMTP. Only words that
 * are no command of SMTP are looked up here, so this is off the hot path. Immutable.
 */
final class ForbiddenCommands implements Predicate<String> {
  /** The default's table, answered without a regular expression. */
  private static final String NO_LETTER = "regexp:{{/^[^A-Z]/ Bogus}}";

  private final Set<String> words;
  private final boolean noLetter;
  private final List<LookupTable> tables;

  private ForbiddenCommands(Set<String> words, boolean noLetter, List<LookupTable> tables) {
    this.words = Set.copyOf(words);
    this.noLetter = noLetter;
    this.tables = List.copyOf(tables);
  }

  static ForbiddenCommands of(String setting, TableSource source) throws ConfigException {
    boolean noLetter = setting.contains(NO_LETTER);
    Set<String> words = new TreeSet<>();
    List<LookupTable> tables = new ArrayList<>();
    for (String word : items(setting.replace(NO_LETTER, " "))) {
      if (word.indexOf(':') > 0) {
        tables.add(source.open(word));
      } else {
        words.add(word.toUpperCase(Locale.ROOT));
      }
    }
    return new ForbiddenCommands(words, noLetter, tables);
  }

  private static List<String> items(String text) {
    List<String> items = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : ' ';
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      if ((depth <= 0 && (c == ',' || Character.isWhitespace(c))) || i == text.length()) {
        if (i > start) {
          items.add(text.substring(start, i));
        }
        start = i + 1;
      }
    }
    return items;
  }

  @Override
  public boolean test(String word) {
    char first = word.charAt(0);
    if (noLetter && (first < 'A' || first > 'Z') && (first < 'a' || first > 'z')) {
      return true;
    }
    if (isHeader(word) || words.contains(word.toUpperCase(Locale.ROOT))) {
      return true;
    }
    for (LookupTable table : tables) {
      if (table.lookup(word) instanceof Lookup.Found) {
        return true;
      }
    }
    return false;
  }

  /** {@code Subject:} as a command means that content is taken for commands. */
  private static boolean isHeader(String word) {
    return word.indexOf(':') > 0;
  }
}

package dev.postrider.cli;

import dev.postrider.config.ConfigException;
import dev.postrider.config.Expansion;
import dev.postrider.config.Parameter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the names that users made: those that some value mentions and some setting defines. What is
 * set and not mentioned is probably misspelt; what is mentioned and not set, too. For one use.
 */
final class PostconfUserNames {
  private static final Set<String> CLIENT_TABLES =
      Set.of("ldap", "mysql", "pgsql", "sqlite", "memcache", "mongodb");

  private final Invocation call;
  private final Path directory;
  private final PostconfNames names;
  private final Set<String> restrictionClasses = new HashSet<>();

  PostconfUserNames(Invocation call, Path directory, PostconfNames names) {
    this.call = call;
    this.directory = directory;
    this.names = names;
  }

  void register() throws ConfigException {
    for (PostconfNames.Service service : names.services) {
      if (!service.settings().isEmpty()) {
        scan(service.settings(), service);
      }
    }
    scan(names.main, null);
  }

  private void scan(Map<String, String> settings, PostconfNames.@Nullable Service scope)
      throws ConfigException {
    String classes = settings.get("smtpd_restriction_classes");
    if (classes != null) {
      for (String name : words(expanded(classes, scope))) {
        if (scope == null) {
          restrictionClasses.add(name);
        }
        mention(name, scope);
      }
    }
    for (Map.Entry<String, String> setting : List.copyOf(settings.entrySet())) {
      String name = setting.getKey();
      if (scope != null && restrictionClasses.contains(name)) {
        scope.valid().add(name);
      }
      Parameter parameter = names.defined(name);
      if (parameter != null && parameter.type() == Parameter.Type.READ_ONLY) {
        call.warning(
            file(scope) + ": read-only parameter assignment: " + name + "=" + setting.getValue());
        settings.remove(name);
      } else if (parameter == null || parameter.type() != Parameter.Type.RAW) {
        scanValue(setting.getValue(), scope, parameter != null);
      }
    }
  }

  private void scanValue(String value, PostconfNames.@Nullable Service scope, boolean mayNameTables)
      throws ConfigException {
    try {
      Expansion.mention(
          value,
          new Expansion.Names() {
            @Override
            public @Nullable String value(String name) {
              mention(name, scope);
              return null;
            }

            @Override
            public boolean raw(String name) {
              return false;
            }
          });
    } catch (ConfigException e) {
      call.warning(String.valueOf(e.getMessage()));
    }
    if (mayNameTables) {
      scanTables(expanded(value, scope), scope, true);
    }
  }

  private void mention(String name, PostconfNames.@Nullable Service scope) {
    boolean supplied = false;
    if (scope != null && scope.settings().containsKey(name)) {
      scope.valid().add(name);
      supplied = true;
    } else if (names.main.containsKey(name)) {
      if (!names.known(name)) {
        names.addUserName(name);
      }
      supplied = true;
    }
    if (scope == null) {
      for (PostconfNames.Service service : names.services) {
        if (service.settings().containsKey(name)) {
          service.valid().add(name);
          supplied = true;
        }
      }
    }
    if (!supplied && !names.known(name)) {
      call.warning(file(scope) + ": undefined parameter: " + name);
    }
  }

  /**
   * Settings of a database client may stand in main.cf with the table's name ahead; and a comment
   * after a value is part of the value, which nobody expects.
   */
  private void scanTables(String value, PostconfNames.@Nullable Service scope, boolean recurse) {
    for (String word : words(value)) {
      if (word.startsWith("#")) {
        int at = value.indexOf(word) + word.length();
        String rest = at < value.length() ? value.substring(at + 1) : "";
        call.warning(
            "%s: #comment after other text is not allowed: %s %s..."
                .formatted(file(scope), word, rest.substring(0, Math.min(20, rest.length()))));
        return;
      }
      String table = word;
      int colon = table.indexOf(':');
      while (colon > 0 && (table.startsWith("proxy:") || table.startsWith("debug:"))) {
        table = table.substring(colon + 1);
        colon = table.indexOf(':');
      }
      if (table.startsWith("{")) {
        if (recurse) {
          scanTables(inner(table, scope), scope, true);
        }
      } else if (colon >= 0) {
        scanTable(table.substring(0, colon), table.substring(colon + 1), scope, recurse);
      }
    }
  }

  private void scanTable(
      String type, String name, PostconfNames.@Nullable Service scope, boolean recurse) {
    if (name.startsWith("{")) {
      // Patterns may hold any text, "#" too.
      scanTables(
          inner(name, scope), scope, recurse && !type.equals("regexp") && !type.equals("pcre"));
    } else if (!name.isEmpty()
        && name.charAt(0) != '/'
        && name.charAt(0) != '.'
        && CLIENT_TABLES.contains(type)) {
      for (String candidate : List.copyOf(names.main.keySet())) {
        if (candidate.startsWith(name + "_")) {
          mention(candidate, scope);
        }
      }
    }
  }

  private String inner(String braced, PostconfNames.@Nullable Service scope) {
    int level = 0;
    for (int i = 0; i < braced.length(); i++) {
      char c = braced.charAt(i);
      if (c == '{') {
        level++;
      } else if (c == '}' && --level == 0) {
        if (i < braced.length() - 1) {
          call.warning(place(scope) + ": syntax error after '}' in \"" + braced + "\"");
        }
        return braced.substring(1, i);
      }
    }
    call.warning(place(scope) + ": missing '}' in \"" + braced + "\"");
    return braced.substring(1);
  }

  private String expanded(String value, PostconfNames.@Nullable Service scope)
      throws ConfigException {
    return PostconfExpansion.expanded(call, names, value, scope);
  }

  private Path file(PostconfNames.@Nullable Service scope) {
    return directory.resolve(scope == null ? "main.cf" : "master.cf");
  }

  private String place(PostconfNames.@Nullable Service scope) {
    return scope == null ? file(null).toString() : file(scope) + ":" + scope.space();
  }

  /** Words at commas and white space, text in braces kept together. */
  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    int level = 0;
    int start = -1;
    for (int i = 0; i <= text.length(); i++) {
      char c = i == text.length() ? ' ' : text.charAt(i);
      boolean separator = c == ',' || c == ' ' || (c >= '\t' && c <= '\r');
      if (separator && (level == 0 || i == text.length())) {
        if (start >= 0) {
          words.add(text.substring(start, i));
        }
        start = -1;
        continue;
      }
      if (start < 0) {
        start = i;
      }
      if (c == '{') {
        level++;
      } else if (c == '}' && level > 0) {
        level--;
      }
    }
    return words;
  }
}

package dev.postrider.cli;

import dev.postrider.config.ConfigException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Where a parameter's name comes from. */
enum PostconfClass {
  BUILTIN,
  SERVICE,
  USER;

  static Set<PostconfClass> parse(String list) throws ConfigException {
    Set<PostconfClass> classes = EnumSet.noneOf(PostconfClass.class);
    for (String word : list.split("[, \t\r\n]+")) {
      switch (word.toLowerCase(Locale.ROOT)) {
        case "" -> {}
        case "builtin" -> classes.add(BUILTIN);
        case "service" -> classes.add(SERVICE);
        case "user" -> classes.add(USER);
        case "all" -> classes.addAll(EnumSet.allOf(PostconfClass.class));
        default ->
            throw new ConfigException(
                "unknown -C option value \"" + word + "\" in \"" + list + "\"");
      }
    }
    return classes;
  }
}

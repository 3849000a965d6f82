package dev.postrider.cli;

import dev.postrider.config.ConfigException;
import dev.postrider.config.ServiceSyntax;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which services of master.cf are meant: {@code name[/type[/part]]}, with {@code *} for any.
 * Immutable.
 *
 * @param raw as given, for messages
 * @param part a field or parameter, {@code *} if none was named
 */
record PostconfPattern(String raw, String name, String type, String part) {
  /** The pattern, or null if it has too few or too many parts. */
  static @Nullable PostconfPattern parse(String raw, String text, int least, int most) {
    List<String> parts = new ArrayList<>();
    if (!text.startsWith("/")) {
      for (String part : text.split("/")) {
        if (!part.isEmpty()) {
          parts.add(part);
        }
      }
    }
    if (parts.size() < least || parts.size() > most) {
      return null;
    }
    for (String part : parts) {
      if (!part.equals("*") && part.indexOf('*') >= 0) {
        return null;
      }
    }
    while (parts.size() < 3) {
      parts.add("*");
    }
    return new PostconfPattern(raw, parts.get(0), parts.get(1), parts.get(2));
  }

  boolean matches(String serviceName, String serviceType) {
    return fits(name, serviceName) && fits(type, serviceType);
  }

  private static boolean fits(String pattern, String word) {
    return pattern.equals("*") || pattern.equals(word);
  }

  boolean anyPart() {
    return part.equals("*");
  }

  /** The index of the field that is meant, or -1 for any. */
  int field() throws ConfigException {
    if (anyPart()) {
      return -1;
    }
    int index = ServiceSyntax.fieldNames().indexOf(part);
    if (index < 0) {
      throw new ConfigException("invalid service attribute name: \"" + part + "\"");
    }
    return index;
  }
}

package dev.postrider.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Where this machine looks names up, by nsswitch.conf(5): where nothing but its files is asked,
 * nobody else need be, which would cost a process each time. Functions only.
 */
final class NameSources {
  private static final ParsedFile<Map<String, List<String>>> SWITCH =
      new ParsedFile<>(Path.of("/etc/nsswitch.conf"), NameSources::parse);

  private static final Path SYSTEMD = Path.of("/run/systemd/system");

  private NameSources() {}

  /** Whether a user of that name, or number, who is not in the file cannot be anywhere else. */
  static boolean fileHasAllUsers(String key) throws IOException {
    // systemd knows users of its own while it runs; none is called user@domain, as some of LDAP's.
    boolean systemdHasNone = key.indexOf('@') >= 0 || !Files.isDirectory(SYSTEMD);
    return sources("passwd")
        .allMatch(source -> source.equals("files") || (systemdHasNone && source.equals("systemd")));
  }

  /** Whether the file tells all groups of a user who is in the file of users. */
  static boolean fileHasAllMembers() throws IOException {
    return Stream.concat(sources("group"), sources("initgroups"))
        .allMatch(source -> source.equals("files") || source.equals("systemd"));
  }

  private static Stream<String> sources(String database) throws IOException {
    return SWITCH.value().getOrDefault(database, List.of()).stream();
  }

  static Map<String, List<String>> parse(List<String> lines) {
    Map<String, List<String>> sources = new HashMap<>();
    for (String line : lines) {
      String text = line.replaceFirst("#.*", "");
      int colon = text.indexOf(':');
      if (colon > 0) {
        List<String> words = new ArrayList<>(List.of(text.substring(colon + 1).split("\\s+")));
        // What is to be done when a source fails stands in brackets, and is no source.
        words.removeIf(word -> word.isEmpty() || word.startsWith("[") || word.endsWith("]"));
        sources.put(text.substring(0, colon).strip(), List.copyOf(words));
      }
    }
    return sources;
  }
}

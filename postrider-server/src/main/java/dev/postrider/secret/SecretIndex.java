package dev.postrider.secret;

import dev.postrider.config.ConfigException;
import dev.postrider.io.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The text of an index of logins, {@code server user source} on each line, for who changes it:
 * comments and the order of lines stay. It holds no secret. Immutable.
 */
public final class SecretIndex {
  private static final Set<PosixFilePermission> READABLE =
      PosixFilePermissions.fromString("rw-r--r--");

  private static final String HEAD =
      """
      # Logins, one a line: server, user and where the secret comes from (docs/secrets.md).
      # "postrider secret" changes this file. Anybody may read it: the secrets are elsewhere.
      """;

  /**
   * One login of the file.
   *
   * @param key a server or sender, as written
   * @param line where it stands, from 1
   */
  public record Entry(String key, SecretLogin login, int line) {}

  /** A logical line: one physical line and those behind it that begin with white space. */
  private record Lines(int first, List<String> physical) {
    boolean isEntry() {
      String head = physical.getFirst();
      return !head.isBlank() && !head.startsWith("#");
    }

    String text() {
      StringBuilder text = new StringBuilder();
      physical.stream().filter(one -> !one.stripLeading().startsWith("#")).forEach(text::append);
      return text.toString();
    }

    String key() {
      return text().strip().split("\\s+", 2)[0];
    }
  }

  private final List<Lines> lines;

  private SecretIndex(List<Lines> lines) {
    this.lines = List.copyOf(lines);
  }

  /** Reads a file; one that is missing is empty. */
  public static SecretIndex read(Path file) throws IOException {
    return Files.exists(file) ? of(Files.readString(file)) : of(HEAD);
  }

  static SecretIndex of(String text) {
    List<Lines> lines = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      boolean continues = !line.isBlank() && Character.isWhitespace(line.charAt(0));
      if (continues && !lines.isEmpty() && lines.getLast().isEntry()) {
        lines.getLast().physical.add(line);
      } else {
        lines.add(new Lines(number, new ArrayList<>(List.of(line))));
      }
    }
    return new SecretIndex(lines);
  }

  /** The logins, without lines that cannot be read. */
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    for (Lines each : lines) {
      if (each.isEntry()) {
        try {
          String[] parts = each.text().strip().split("\\s+", 2);
          entries.add(
              new Entry(parts[0], SecretLogin.parse(parts.length > 1 ? parts[1] : ""), each.first));
        } catch (ConfigException _) {
          // The table says what is wrong with it, in the log; "faults" says it to people.
        }
      }
    }
    return entries;
  }

  /** What is wrong with lines: line and reason. */
  public List<String> faults() {
    List<String> faults = new ArrayList<>();
    for (Lines each : lines) {
      if (each.isEntry()) {
        try {
          String[] parts = each.text().strip().split("\\s+", 2);
          SecretLogin _ = SecretLogin.parse(parts.length > 1 ? parts[1] : "");
        } catch (ConfigException e) {
          faults.add("line " + each.first + ": " + e.getMessage());
        }
      }
    }
    return faults;
  }

  /** The login of a server or sender; case does not matter. */
  public Optional<Entry> find(String key) {
    return entries().stream().filter(entry -> same(entry.key, key)).findFirst();
  }

  /** With a login, in place of one of the same key. */
  public SecretIndex with(String key, SecretLogin login) {
    Lines line = new Lines(0, List.of(key + " " + login.text()));
    List<Lines> changed = new ArrayList<>();
    boolean done = false;
    for (Lines each : lines) {
      boolean it = each.isEntry() && same(each.key(), key);
      if (!it) {
        changed.add(each);
      } else if (!done) {
        changed.add(line);
        done = true;
      }
    }
    if (!done) {
      changed.add(line);
    }
    return of(text(changed));
  }

  /** Without a login. */
  public SecretIndex without(String key) {
    List<Lines> changed = new ArrayList<>(lines);
    changed.removeIf(each -> each.isEntry() && same(each.key(), key));
    return of(text(changed));
  }

  /**
   * Writes the file, whole or not at all; all may read a new one, one that is there keeps its
   * rights.
   *
   * @throws IOException if it cannot be written; the old one is there then
   */
  public void write(Path file) throws IOException {
    WholeFile.write(file, text(lines).getBytes(StandardCharsets.UTF_8), READABLE);
  }

  private static String text(List<Lines> lines) {
    StringBuilder text = new StringBuilder();
    lines.forEach(each -> each.physical.forEach(one -> text.append(one).append('\n')));
    return text.toString();
  }

  private static boolean same(String one, String other) {
    return one.toLowerCase(Locale.ROOT).equals(other.toLowerCase(Locale.ROOT));
  }
}

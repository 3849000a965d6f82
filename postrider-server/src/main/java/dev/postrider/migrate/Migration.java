package dev.postrider.migrate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a foreign configuration comes to: settings of main.cf, tables, logins, and a note about each
 * thing that was read. Filled by one reader, then only read. For one thread.
 */
public final class Migration {
  /** The table of logins, in the configuration directory. */
  public static final String PASSWORDS = "sasl_passwd";

  private final List<Path> sources = new ArrayList<>();
  private final List<Note> notes = new ArrayList<>();
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final Map<String, List<String>> tables = new LinkedHashMap<>();
  private final List<Password> passwords = new ArrayList<>();

  Migration() {}

  /** The files that were read. */
  public List<Path> sources() {
    return Collections.unmodifiableList(sources);
  }

  /** About everything in them. */
  public List<Note> notes() {
    return Collections.unmodifiableList(notes);
  }

  /** For main.cf: name and value as they are to be written. */
  public Map<String, String> settings() {
    return Collections.unmodifiableMap(settings);
  }

  /** By the name of the file in the configuration directory, its lines. */
  public Map<String, List<String>> tables() {
    return Collections.unmodifiableMap(tables);
  }

  /** For the table of logins. */
  public List<Password> passwords() {
    return Collections.unmodifiableList(passwords);
  }

  void source(Path file) {
    sources.add(file);
  }

  /** Carries something over: by these settings, name and value in turn. */
  void understood(Place place, String said, String... pairs) {
    StringBuilder meaning = new StringBuilder();
    for (int i = 0; i < pairs.length; i += 2) {
      set(pairs[i], pairs[i + 1]);
      String value = pairs[i + 1].isEmpty() ? "(empty)" : pairs[i + 1];
      meaning.append(i == 0 ? "" : ", ").append(pairs[i]).append(" = ").append(value);
    }
    notes.add(new Note(Note.Kind.UNDERSTOOD, place, said, meaning.toString()));
  }

  void same(Place place, String said, String meaning) {
    notes.add(new Note(Note.Kind.UNDERSTOOD, place, said, meaning));
  }

  void differs(Place place, String said, String meaning) {
    notes.add(new Note(Note.Kind.DIFFERS, place, said, meaning));
  }

  void impossible(Place place, String said, String meaning) {
    notes.add(new Note(Note.Kind.IMPOSSIBLE, place, said, meaning));
  }

  void unknown(Place place, String said) {
    notes.add(
        new Note(Note.Kind.UNKNOWN, place, said, "not known: misspelled, or of another version"));
  }

  /** Sets a parameter without saying more. */
  void set(String name, String value) {
    settings.put(name, value);
  }

  boolean has(String name) {
    return settings.containsKey(name);
  }

  /** Adds a table to a list of tables that are asked in turn. */
  void addTable(String name, String table) {
    settings.merge(name, table, (old, more) -> old + ", " + more);
  }

  /** Adds a line to a table in the configuration directory. */
  void line(String table, String line) {
    tables.computeIfAbsent(table, _ -> new ArrayList<>()).add(line);
  }

  /** A value in which a dollar sign is no more than that. */
  static String literal(String value) {
    return value.replace("$", "$$");
  }

  /** How main.cf names such a table. */
  static String table(String name) {
    return "hash:$config_directory/" + name;
  }

  /** Adds a login; says so, without the password. */
  void login(Place place, Password password) {
    String fault = password.fault();
    if (!fault.isEmpty()) {
      impossible(place, "the login " + password.user(), fault + " (choose another password)");
      return;
    }
    passwords.add(password);
    set("smtp_sasl_auth_enable", "yes");
    set("smtp_sasl_password_maps", table(PASSWORDS));
    same(
        place,
        "the login " + password.user(),
        PASSWORDS + ": " + password.key() + " (the password is not shown)");
  }
}

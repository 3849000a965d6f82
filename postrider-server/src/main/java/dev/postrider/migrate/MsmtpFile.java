package dev.postrider.migrate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The accounts of one file of msmtp(1). For one file.
 *
 * <p>Commands follow each other under {@code defaults} or {@code account NAME}; an account begins
 * with the defaults so far and with what the accounts behind its colon have.
 */
final class MsmtpFile {
  /**
   * A command of an account.
   *
   * @param value without quotes; {@code on} where it may be left out
   */
  record Value(Place place, String value) {
    boolean isOn() {
      return value.isEmpty() || value.equals("on");
    }

    boolean isOff() {
      return value.equals("off");
    }
  }

  private final Map<String, Map<String, Value>> accounts;
  private final Migration migration;
  private Map<String, Value> defaults = new LinkedHashMap<>();
  private Map<String, Value> current = defaults;

  private MsmtpFile(Map<String, Map<String, Value>> accounts, Migration migration) {
    this.accounts = accounts;
    this.migration = migration;
  }

  /**
   * Reads a file; its accounts take the place of those that are there.
   *
   * @param lines without comments
   */
  static void read(
      List<Sources.Line> lines, Map<String, Map<String, Value>> accounts, Migration migration) {
    MsmtpFile file = new MsmtpFile(accounts, migration);
    for (Sources.Line line : lines) {
      file.take(line.place(), line.text());
    }
  }

  private void take(Place place, String text) {
    int end = 0;
    while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
      end++;
    }
    String command = text.substring(0, end);
    String argument = unquoted(text.substring(end).strip());
    switch (command) {
      case "defaults" -> {
        defaults = new LinkedHashMap<>();
        current = defaults;
      }
      case "account" -> account(place, argument);
      case "eval" ->
          migration.impossible(
              place,
              "eval ...",
              "the command is not run: run it yourself, and put the line that it prints in its"
                  + " place");
      default -> current.put(command, new Value(place, argument));
    }
  }

  private void account(Place place, String argument) {
    int colon = argument.indexOf(':');
    String name = (colon < 0 ? argument : argument.substring(0, colon)).strip();
    Map<String, Value> fresh = new LinkedHashMap<>(defaults);
    List<String> missing = new ArrayList<>();
    if (colon >= 0) {
      for (String base : argument.substring(colon + 1).split(",")) {
        Map<String, Value> known = accounts.get(base.strip());
        if (known == null) {
          missing.add(base.strip());
        } else {
          fresh.putAll(known);
        }
      }
    }
    if (!missing.isEmpty()) {
      migration.impossible(
          place,
          "account " + argument,
          "there is no account " + String.join(", ", missing) + " above (correct the name)");
    }
    accounts.put(name, fresh);
    current = fresh;
  }

  private static String unquoted(String text) {
    return text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")
        ? text.substring(1, text.length() - 1)
        : text;
  }
}

package dev.postrider.doctor;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.Parameter;
import dev.postrider.config.Registry;
import dev.postrider.log.MailLog;
import dev.postrider.table.CompiledTable.Kind;
import dev.postrider.table.TableSpec;
import dev.postrider.table.Tables;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether each lookup table that main.cf names can be read. */
final class TablesCheck implements Check {
  private static final int MOST_LINES = 10;

  private final Subject subject;
  private final Tables tables;

  /** What was said of lines that are left out. */
  private final List<String> complaints = new ArrayList<>();

  TablesCheck(Subject subject) {
    this.subject = subject;
    this.tables = new Tables(subject.config(), this::hear);
  }

  private void hear(MailLog.Severity severity, String process, String text) {
    if (severity == MailLog.Severity.WARNING) {
      complaints.add(text);
    }
  }

  @Override
  public Area area() {
    return Area.FILES;
  }

  @Override
  public String subject() {
    return "lookup tables";
  }

  @Override
  public List<Finding> look() throws AccessDeniedException {
    List<Finding> found = new ArrayList<>();
    int sound = 0;
    String hidden = "";
    for (Map.Entry<String, String> use : uses(subject.config()).entrySet()) {
      String table = use.getKey();
      TableSpec spec = TableSpec.parse(table, subject.config().text("default_database_type"));
      if (!Tables.isKnown(spec.type())) {
        // ConfigurationCheck has said so.
        continue;
      }
      try {
        tables.openNow(table, kind(use.getValue()), /* fold= */ true);
        sound++;
      } catch (ConfigException e) {
        String reason = String.valueOf(e.getMessage());
        if (reason.contains("ermission denied") && Files.exists(Path.of(spec.name()))) {
          hidden = spec.name();
        } else {
          found.add(broken(use.getValue(), table, spec, reason));
        }
      }
    }
    for (String each : complaints) {
      if (found.size() < MOST_LINES) {
        found.add(
            Finding.warning(
                "table-line",
                each,
                "that line counts for nothing",
                "mend the line, or take it out; postmap -q KEY TABLE shows what a table says"));
      }
    }
    if (found.isEmpty()) {
      if (!hidden.isEmpty()) {
        throw new AccessDeniedException(hidden);
      }
      found.add(Finding.ok("tables", sound + " lookup tables can be read"));
    }
    return found;
  }

  private Finding broken(String parameter, String table, TableSpec spec, String reason) {
    boolean missing = spec.name().startsWith("/") && !Files.exists(Path.of(spec.name()));
    String mend =
        missing && parameter.startsWith("alias_")
            ? "echo 'root: you@example.com' >" + spec.name()
            : missing
                ? "write " + spec.name() + ", or take " + table + " out of " + parameter
                : "mend " + spec.name() + ", then: postmap -q KEY " + table;
    return Finding.error(
        "table-unreadable",
        subject.setting(parameter) + ": " + reason,
        "mail that needs the table waits",
        mend);
  }

  private static Kind kind(String parameter) {
    return parameter.startsWith("alias_") ? Kind.ALIASES : Kind.MAP;
  }

  /** Each table that is set, with the first parameter that has it. */
  static Map<String, String> uses(Config config) {
    Map<String, String> uses = new LinkedHashMap<>();
    for (Parameter parameter : Registry.get().all()) {
      String name = parameter.name();
      if (parameter.support() == Parameter.Support.SUPPORTED
          && (name.endsWith("_maps") || name.equals("alias_database"))
          && (config.isSet(name) || name.equals("alias_maps"))) {
        for (String table : config.list(name)) {
          if (table.indexOf(':') > 0) {
            uses.putIfAbsent(table, name);
          }
        }
      }
    }
    return uses;
  }
}

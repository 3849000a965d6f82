package dev.postrider.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an operator should know about a configuration before it is put to use. Immutable.
 *
 * @param warnings settings that nothing reads, or that are not supported here
 * @param errors settings that are not supported and ask for mail to be treated more strictly than
 *     it would be: to go on would be to lie to whoever wrote them
 */
public record ConfigCheck(List<String> warnings, List<String> errors) {
  /** A table whose settings stand in main.cf itself. */
  private static final Pattern CLIENT_TABLE =
      Pattern.compile("\\b(?:ldap|mysql|pgsql|sqlite|memcache):([^/.\\s,{}][^\\s,{}]*)");

  public ConfigCheck {
    warnings = List.copyOf(warnings);
    errors = List.copyOf(errors);
  }

  /** Looks at main.cf and at the overrides of each service. */
  public static ConfigCheck of(Config config, MasterConfig master) {
    Findings findings = new Findings();
    findings.warnings.addAll(config.warnings());
    findings.warnings.addAll(master.warnings());
    String file = config.directory().resolve("main.cf").toString();
    for (String name : config.setNames()) {
      findings.look(name, config, file + ", line " + config.line(name));
    }
    for (ServiceEntry service : master.services()) {
      String place = config.directory().resolve("master.cf") + ", line " + service.line();
      try {
        Config own = config.forService(service);
        for (String name : new TreeMap<>(service.overrides()).keySet()) {
          findings.look(name, own, place);
        }
      } catch (ConfigException e) {
        findings.errors.add(String.valueOf(e.getMessage()));
      }
    }
    unused(config, master, findings);
    return new ConfigCheck(findings.warnings, findings.errors);
  }

  /** A setting counts as used if a parameter or a restriction class has its name. */
  private static void unused(Config config, MasterConfig master, Findings findings) {
    List<String> mentioned = new ArrayList<>(config.list("smtpd_restriction_classes"));
    Expansion.Names listener =
        new Expansion.Names() {
          @Override
          public @Nullable String value(String name) {
            mentioned.add(name);
            return null;
          }

          @Override
          public boolean raw(String name) {
            return false;
          }
        };
    for (String name : config.setNames()) {
      mention(config.written(name), listener);
    }
    List<String> tables = clientTables(config);
    for (ServiceEntry service : master.services()) {
      service.overrides().values().forEach(value -> mention(value, listener));
    }
    for (String name : config.setNames()) {
      if (Registry.get().find(name) == null
          && !mentioned.contains(name)
          && tables.stream().noneMatch(name::startsWith)) {
        // What was for a table once may be its password.
        boolean secret = name.endsWith("_password") || name.endsWith("_pw");
        findings.warnings.add(
            "%s: unused parameter: %s=%s"
                .formatted(
                    config.directory().resolve("main.cf"),
                    name,
                    secret ? "..." : config.written(name)));
      }
    }
    for (ServiceEntry service : master.services()) {
      for (Map.Entry<String, String> override : service.overrides().entrySet()) {
        String name = override.getKey();
        if (Registry.get().find(name) == null && !mentioned.contains(name)) {
          findings.warnings.add(
              "%s: unused parameter: %s=%s"
                  .formatted(config.directory().resolve("master.cf"), name, override.getValue()));
        }
      }
    }
  }

  /** How the settings begin that describe a table: {@code foo_} where a value has ldap:foo. */
  private static List<String> clientTables(Config config) {
    List<String> tables = new ArrayList<>();
    for (String name : config.setNames()) {
      @Nullable String value = config.written(name);
      Matcher table = CLIENT_TABLE.matcher(value == null ? "" : value);
      while (table.find()) {
        tables.add(table.group(1) + "_");
      }
    }
    return tables;
  }

  private static void mention(@Nullable String value, Expansion.Names listener) {
    try {
      Expansion.mention(value == null ? "" : value, listener);
    } catch (ConfigException e) {
      // The snapshot was made, so the expression is sound where it counts.
      return;
    }
  }

  private static final class Findings {
    final List<String> warnings = new ArrayList<>();
    final List<String> errors = new ArrayList<>();

    void look(String name, Config config, String place) {
      Parameter parameter = Registry.get().find(name);
      if (parameter == null) {
        return;
      }
      String value = config.text(name);
      if (parameter.support() == Parameter.Support.SUPPORTED) {
        lookAtWords(parameter, value, place);
        return;
      }
      boolean saysWhatHappensAnyway =
          parameter.support() == Parameter.Support.NOT_YET
              && parameter.harmless().contains(value.toLowerCase(Locale.ROOT));
      if (saysWhatHappensAnyway || sameAsDefault(parameter, value, config)) {
        return;
      }
      String setting = "%s: %s=%s".formatted(place, name, value);
      if (parameter.support() == Parameter.Support.MEANINGLESS) {
        warnings.add(setting + " means nothing here: " + parameter.documentation());
      } else if (parameter.support() == Parameter.Support.MAIL_WAITS) {
        warnings.add(setting + " is not supported yet: mail that needs it waits");
      } else if (parameter.support() == Parameter.Support.UNSAFE_TO_IGNORE
          && !harmless(parameter, value)) {
        errors.add(
            setting
                + " is not supported yet, and to ignore it is not safe"
                + " (remove the setting, or keep this mail on a server that has it)");
      } else {
        warnings.add(setting + " is not supported yet and is ignored");
      }
    }

    /** Some of the words that a parameter may have are not acted on yet. */
    private void lookAtWords(Parameter parameter, String value, String place) {
      List<String> words = parameter.harmless();
      if (!words.isEmpty() && !harmless(parameter, value)) {
        errors.add(
            "%s: %s=%s is not supported yet, and to ignore it is not safe (use one of: %s)"
                .formatted(place, parameter.name(), value, String.join(", ", words)));
      }
    }

    private static boolean sameAsDefault(Parameter parameter, String value, Config config) {
      try {
        String standard = config.expandText(parameter.defaultValue());
        return Values.list(value).equals(Values.list(standard));
      } catch (ConfigException e) {
        return false;
      }
    }

    private static boolean harmless(Parameter parameter, String value) {
      for (String word : Values.list(value)) {
        if (!parameter.harmless().contains(word.toLowerCase(Locale.ROOT))) {
          return false;
        }
      }
      return true;
    }
  }
}

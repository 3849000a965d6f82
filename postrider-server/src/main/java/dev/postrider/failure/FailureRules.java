package dev.postrider.failure;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * All rules: the administrator's own ({@code postrider_failure_rules}) before those that come with
 * the program, of which a rule of the same id is dropped. Matched by stage, reply code and words,
 * never by the enhanced code alone, which providers use for different things. Immutable.
 */
public final class FailureRules {
  private static final String SHIPPED = "failure-rules.txt";

  /** Read when the first failure asks for them: most runs of a program have none. */
  private static final class Shipped {
    static final FailureRules RULES = read();

    private static FailureRules read() {
      try {
        RuleFile.Content content = RuleFile.read(SHIPPED, shippedLines());
        return new FailureRules(content.version(), content.rules());
      } catch (ConfigException e) {
        throw new IllegalStateException(e.getMessage(), e);
      }
    }
  }

  private final String version;
  private final List<Rule> rules;

  private FailureRules(String version, List<Rule> rules) {
    this.version = version;
    this.rules = rules;
  }

  /** Knows nothing: what a mailbox server refuses is no provider's quota. */
  public static FailureRules none() {
    return new FailureRules("none", List.of());
  }

  /** Those that come with the program. */
  public static FailureRules shipped() {
    return Shipped.RULES;
  }

  /**
   * Those that come with the program and those of the administrator.
   *
   * @throws ConfigException naming file and line, if the administrator's cannot be read
   */
  public static FailureRules of(Config config) throws ConfigException {
    String name = config.text("postrider_failure_rules").strip();
    if (name.isEmpty()) {
      return shipped();
    }
    List<String> lines;
    try {
      lines = Files.readAllLines(Path.of(name));
    } catch (IOException e) {
      throw new ConfigException(
          "postrider_failure_rules = "
              + name
              + ": cannot be read: "
              + e
              + " (every user who calls mailq reads it: mode 644)");
    }
    return shipped().with(name, lines);
  }

  /** With rules that come first. */
  FailureRules with(String name, List<String> lines) throws ConfigException {
    RuleFile.Content local = RuleFile.read(name, lines);
    List<Rule> all = new ArrayList<>(local.rules());
    Set<String> ids = new HashSet<>();
    local.rules().forEach(each -> ids.add(each.id()));
    for (Rule each : rules) {
      if (!ids.contains(each.id())) {
        all.add(each);
      }
    }
    return new FailureRules(version, List.copyOf(all));
  }

  private static List<String> shippedLines() {
    try (InputStream in = FailureRules.class.getResourceAsStream(SHIPPED)) {
      if (in == null) {
        throw new IllegalStateException(SHIPPED + " is missing from the program");
      }
      return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(SHIPPED + " cannot be read from the program", e);
    }
  }

  /** The date of the rules that come with the program. */
  public String version() {
    return version;
  }

  /** What the first rule that fits says; empty if none does. */
  public Optional<Advice> find(Incident incident, Facts facts) {
    String lower = incident.text().toLowerCase(Locale.ROOT);
    for (Rule rule : rules) {
      if (rule.fits(incident, lower)) {
        return Optional.of(rule.advice(incident, facts));
      }
    }
    return Optional.empty();
  }

  /** The same for a reason as the queue and the log have it. */
  public Optional<Advice> explain(String reason, Facts facts) {
    Facts all =
        facts.login().isEmpty()
            ? new Facts(facts.sender(), facts.recipient(), ReasonText.login(reason), facts.size())
            : facts;
    return ReasonText.parse(reason).flatMap(incident -> find(incident, all));
  }

  /** For the documentation: every rule in its order. */
  List<Rule> all() {
    return rules;
  }
}

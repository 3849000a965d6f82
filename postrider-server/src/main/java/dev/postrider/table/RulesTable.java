package dev.postrider.table;

import dev.postrider.config.ConfigException;
import dev.postrider.log.MailLog;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Rules that stand in main.cf itself: {@code regexp:{{/pattern/ result}, {…}}}. Immutable. */
record RulesTable(String name, Content rules) implements LookupTable {
  /**
   * @param parser reads what a file of such rules would hold; a message's line is a rule's number
   * @param log told of each rule that is left out
   */
  static RulesTable of(TableSpec spec, Function<byte[], Loaded> parser, MailLog log)
      throws ConfigException {
    List<String> rules = new ArrayList<>();
    for (String rule : TableSpec.split(inner(spec, spec.name()))) {
      rules.add(inner(spec, rule));
    }
    Loaded loaded = parser.apply(Octets.encode(String.join("\n", rules)));
    loaded.faults().forEach(fault -> log.warning("proxymap", fault));
    loaded.notes().forEach(note -> log.warning("proxymap", note));
    return new RulesTable(spec.toString(), loaded.content());
  }

  private static String inner(TableSpec spec, String text) throws ConfigException {
    @Nullable String inner = TableSpec.braced(text);
    if (inner == null) {
      throw new ConfigException(
          "bad syntax: \"" + spec + "\"; need \"" + spec.type() + ":{{pattern result}...}\"");
    }
    return inner;
  }

  @Override
  public Lookup lookup(String key) {
    return rules.lookup(key);
  }

  @Override
  public String place(String key) {
    int line = rules.line(key);
    return line == 0 ? "" : "rule " + line;
  }

  @Override
  public boolean matchesPatterns() {
    return true;
  }
}

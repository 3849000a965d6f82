package dev.postrider.smtpd;

import java.util.EnumMap;
import java.util.Map;

/** How often each command was given and how often it went well, for the disconnect line. */
final class CommandCounts {
  private static final class Count {
    private int good;
    private int total;
  }

  private final Map<Verb, Count> counts = new EnumMap<>(Verb.class);

  void given(Verb verb) {
    count(verb).total++;
  }

  void wentWell(Verb verb) {
    count(verb).good++;
  }

  private Count count(Verb verb) {
    return counts.computeIfAbsent(verb, _ -> new Count());
  }

  /** {@code ehlo=1 mail=2/5 commands=3/6}: good alone, or good of total where some failed. */
  @Override
  public String toString() {
    if (counts.isEmpty()) {
      return "commands=0/0";
    }
    StringBuilder out = new StringBuilder();
    int good = 0;
    int total = 0;
    for (Map.Entry<Verb, Count> entry : counts.entrySet()) {
      Count count = entry.getValue();
      append(out, entry.getKey().lowerCase, count.good, count.total).append(' ');
      good += count.good;
      total += count.total;
    }
    return append(out, "commands", good, total).toString();
  }

  private static StringBuilder append(StringBuilder out, String name, int good, int total) {
    out.append(name).append('=').append(good);
    return good == total ? out : out.append('/').append(total);
  }
}

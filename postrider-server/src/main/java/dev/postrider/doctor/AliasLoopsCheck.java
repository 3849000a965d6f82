package dev.postrider.doctor;

import dev.postrider.config.ConfigException;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.table.AliasTarget;
import dev.postrider.table.CompiledTable.Kind;
import dev.postrider.table.TableSpec;
import dev.postrider.table.Tables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Whether aliases lead back to themselves. */
final class AliasLoopsCheck implements Check {
  private static final int MOST_NAMED = 5;

  private final Subject subject;
  private final Tables tables;

  AliasLoopsCheck(Subject subject, Tables tables) {
    this.subject = subject;
    this.tables = tables;
  }

  @Override
  public Area area() {
    return Area.ADDRESSES;
  }

  @Override
  public String subject() {
    return "aliases that lead back to themselves";
  }

  @Override
  public List<Finding> look() {
    Map<String, List<String>> graph = new LinkedHashMap<>();
    for (String table : subject.config().list("alias_maps")) {
      TableSpec spec = TableSpec.parse(table, subject.config().text("default_database_type"));
      if (!Tables.isFixedStrings(spec)) {
        continue;
      }
      try {
        tables
            .entries(table, Kind.ALIASES, /* fold= */ true)
            .forEach((name, value) -> graph.putIfAbsent(name, names(name, value)));
      } catch (ConfigException _) {
        // TablesCheck tells that it cannot be read.
        return List.of();
      }
    }
    List<Finding> found = new ArrayList<>();
    Map<String, Boolean> done = new HashMap<>();
    for (String name : graph.keySet()) {
      List<String> loop = loop(name, graph, done);
      if (!loop.isEmpty() && found.size() < MOST_NAMED) {
        found.add(
            Finding.error(
                "alias-loop",
                "the aliases " + String.join(" -> ", loop) + " lead back to themselves",
                "mail for them is returned: \"alias database loop\"",
                "change one of them in " + subject.config().text("alias_maps")));
      }
    }
    return found.isEmpty()
        ? List.of(
            Finding.ok("aliases", "none of " + graph.size() + " aliases leads back to itself"))
        : found;
  }

  /** The names of this machine that an alias leads to; one that names itself means the user. */
  private static List<String> names(String name, String value) {
    List<String> names = new ArrayList<>();
    if (value.indexOf('\\') >= 0) {
      return names;
    }
    for (AliasTarget target : AliasTarget.parse(value)) {
      if (target instanceof AliasTarget.Address(Mailbox mailbox) && mailbox.domain().isEmpty()) {
        String to = mailbox.localPart().toLowerCase(Locale.ROOT);
        if (!to.equals(name)) {
          names.add(to);
        }
      }
    }
    return names;
  }

  /** A loop that can be reached from a name and was not found before; without recursion. */
  private static List<String> loop(
      String start, Map<String, List<String>> graph, Map<String, Boolean> done) {
    List<String> path = new ArrayList<>();
    List<Integer> next = new ArrayList<>();
    if (done.containsKey(start)) {
      return List.of();
    }
    path.add(start);
    next.add(0);
    done.put(start, false);
    while (!path.isEmpty()) {
      int top = path.size() - 1;
      List<String> targets = graph.getOrDefault(path.get(top), List.of());
      int at = next.get(top);
      if (at == targets.size()) {
        done.put(path.removeLast(), true);
        next.removeLast();
        continue;
      }
      next.set(top, at + 1);
      String target = targets.get(at);
      Boolean state = done.get(target);
      if (state == null) {
        done.put(target, false);
        path.add(target);
        next.add(0);
      } else if (!state) {
        List<String> loop = new ArrayList<>(path.subList(path.indexOf(target), path.size()));
        loop.add(target);
        path.forEach(name -> done.put(name, true));
        return loop;
      }
    }
    return List.of();
  }
}

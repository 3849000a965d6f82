package dev.postrider.table;

import dev.postrider.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The {@code domain} parameter of a table: names, {@code /files} with names and {@code type:name}
 * tables, each with or without an exclamation mark; the first that matches decides. Immutable.
 */
final class StringList {
  private sealed interface Item {
    boolean wanted();
  }

  private record Name(boolean wanted, String text) implements Item {}

  private record Entry(boolean wanted, LookupTable table) implements Item {}

  private static final int DEEPEST = 20;

  private final List<Item> items;

  private StringList(List<Item> items) {
    this.items = List.copyOf(items);
  }

  /**
   * Reads a list.
   *
   * @throws IOException when a file cannot be read or a table not be opened; names it
   */
  static StringList parse(String text, TableSource tables) throws IOException {
    List<Item> items = new ArrayList<>();
    add(items, text, true, tables, 0);
    return new StringList(items);
  }

  private static void add(
      List<Item> items, String text, boolean wanted, TableSource tables, int depth)
      throws IOException {
    for (String each : TableSpec.split(text)) {
      boolean mark = each.startsWith("!");
      String item = mark ? MapSource.trim(each, 1) : each;
      if (item.startsWith("/")) {
        if (depth == DEEPEST) {
          throw new IOException(item + ": files name each other without end");
        }
        StringBuilder names = new StringBuilder();
        LogicalLines lines = new LogicalLines(item, Files.readAllBytes(Path.of(item)));
        for (var line = lines.next(); line.isPresent(); line = lines.next()) {
          names.append(line.get().text()).append('\n');
        }
        add(items, names.toString(), wanted != mark, tables, depth + 1);
      } else if (item.indexOf(':') > 0) {
        items.add(new Entry(wanted != mark, opened(item, tables)));
      } else {
        items.add(new Name(wanted != mark, item));
      }
    }
  }

  private static LookupTable opened(String spec, TableSource tables) throws IOException {
    try {
      return tables.open(spec);
    } catch (ConfigException e) {
      throw new IOException(spec + ": " + e.getMessage(), e);
    }
  }

  /** Whether a name is on the list: found, not found, or a table of the list that cannot say. */
  Lookup match(String name) {
    for (Item item : items) {
      boolean hit;
      switch (item) {
        case Name(_, String text) -> hit = text.equalsIgnoreCase(name);
        case Entry(_, LookupTable table) -> {
          Lookup answer = table.lookup(name);
          if (answer instanceof Lookup.Unavailable) {
            return answer;
          }
          hit = answer instanceof Lookup.Found;
        }
      }
      if (hit) {
        return item.wanted() ? new Lookup.Found(name) : new Lookup.NotFound();
      }
    }
    return new Lookup.NotFound();
  }
}

package dev.postrider.policy;

import dev.postrider.config.ConfigException;
import dev.postrider.mail.address.AddressLiteral;
import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import dev.postrider.table.TableSource;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A list of domains, or of hosts and networks, as mydestination, relay_domains and mynetworks have
 * it: names, address blocks, {@code /file} and {@code type:table}, the first match deciding, {@code
 * !} turning it round. Immutable; safe on any thread.
 */
final class PatternList {
  private static final int MOST_NESTING = 10;

  /** Whether something is in the list; a table that cannot answer makes it unknown. */
  enum Match {
    YES,
    NO,
    UNKNOWN
  }

  private sealed interface Pattern {
    record Network(Cidr cidr) implements Pattern {}

    record Name(String lowerCase) implements Pattern {}

    record Table(LookupTable table) implements Pattern {}
  }

  private record Item(boolean negated, Pattern pattern) {}

  private final List<Item> items;
  private final boolean subdomains;

  private PatternList(List<Item> items, boolean subdomains) {
    this.items = List.copyOf(items);
    this.subdomains = subdomains;
  }

  /**
   * @param parameter for error messages
   * @param subdomains whether {@code example.com} also means the names below it
   */
  static PatternList of(
      String parameter, List<String> words, TableSource tables, boolean subdomains)
      throws ConfigException {
    List<Item> items = new ArrayList<>();
    collect(parameter, words, tables, items, 0);
    return new PatternList(items, subdomains);
  }

  private static void collect(
      String parameter, List<String> words, TableSource tables, List<Item> items, int depth)
      throws ConfigException {
    if (depth > MOST_NESTING) {
      throw new ConfigException(parameter + ": files name each other in a circle");
    }
    for (String word : words) {
      boolean negated = word.startsWith("!");
      String text = negated ? word.substring(1) : word;
      if (text.startsWith("/")) {
        if (negated) {
          throw new ConfigException(parameter + ": \"" + word + "\": a file cannot be excluded");
        }
        collect(parameter, wordsOf(parameter, Path.of(text)), tables, items, depth + 1);
      } else {
        items.add(new Item(negated, pattern(parameter, text, tables)));
      }
    }
  }

  private static Pattern pattern(String parameter, String text, TableSource tables)
      throws ConfigException {
    return switch (Cidr.parse(text)) {
      case Cidr.Parsed.Block(var cidr) -> new Pattern.Network(cidr);
      case Cidr.Parsed.Bad(var why) -> throw new ConfigException(parameter + ": " + why);
      case Cidr.Parsed.NoAddress _ when text.indexOf(':') > 0 ->
          new Pattern.Table(tables.open(text));
      case Cidr.Parsed.NoAddress _ -> new Pattern.Name(text.toLowerCase(Locale.ROOT));
    };
  }

  private static List<String> wordsOf(String parameter, Path file) throws ConfigException {
    try {
      List<String> words = new ArrayList<>();
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        if (line.startsWith("#")) {
          continue;
        }
        for (String word : line.split("[,\\s]+")) {
          if (!word.isEmpty()) {
            words.add(word);
          }
        }
      }
      return words;
    } catch (IOException e) {
      throw new ConfigException(parameter + ": cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /** Whether the list names this host or a network it is in. */
  Match matchesHost(String hostName, InetAddress address) {
    String name = hostName.toLowerCase(Locale.ROOT);
    for (Item item : items) {
      Match match =
          switch (item.pattern) {
            case Pattern.Network(var cidr) -> cidr.contains(address) ? Match.YES : Match.NO;
            case Pattern.Name(var pattern) -> nameMatches(pattern, name) ? Match.YES : Match.NO;
            case Pattern.Table(var table) -> {
              Match byName = inTable(table, name);
              yield byName != Match.NO ? byName : exact(table, AddressLiteral.print(address));
            }
          };
      if (match != Match.NO) {
        return turned(match, item.negated);
      }
    }
    return Match.NO;
  }

  private static Match turned(Match match, boolean negated) {
    return negated && match == Match.YES ? Match.NO : match;
  }

  private boolean nameMatches(String pattern, String name) {
    if (pattern.equals(name)) {
      return true;
    }
    String suffix = subdomains && !pattern.startsWith(".") ? "." + pattern : pattern;
    return suffix.startsWith(".") && name.endsWith(suffix);
  }

  private Match inTable(LookupTable table, String name) {
    String key = name;
    while (true) {
      Match match = exact(table, key);
      int dot = key.indexOf('.', 1);
      if (match != Match.NO || dot < 0) {
        return match;
      }
      key = subdomains ? key.substring(dot + 1) : key.substring(dot);
    }
  }

  private static Match exact(LookupTable table, String key) {
    return switch (table.lookup(key)) {
      case Lookup.Found _ -> Match.YES;
      case Lookup.NotFound _ -> Match.NO;
      case Lookup.Unavailable _ -> Match.UNKNOWN;
    };
  }
}

package dev.postrider.table;

import dev.postrider.config.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A list of domain patterns such as mydestination or relay_domains: names, {@code .parent}, {@code
 * !exclusion}, {@code /file} and {@code type:table}. The first pattern that fits decides. Immutable
 * and safe on any thread; files are read once, when the list is made.
 *
 * <p>A file or table that cannot be read makes the answer unknown from that place on, never "no":
 * mail for a domain of ours must wait then and not go elsewhere.
 */
public final class DomainList {
  /** Which names a pattern {@code example.com} stands for. */
  public enum Style {
    /** Itself only; {@code .parent} means nothing (mydestination). */
    EXACT,
    /** Itself; {@code .example.com} stands for what is below it. */
    DOT_PARENT,
    /** Itself and everything below it (parent_domain_matches_subdomains). */
    PARENT
  }

  /** What the list says about a domain. */
  public sealed interface Match {}

  /** It is in the list. */
  public record Yes() implements Match {}

  /** It is not. */
  public record No() implements Match {}

  /**
   * Part of the list could not be read.
   *
   * @param reason names the parameter and the table or file
   */
  public record Unknown(String reason) implements Match {}

  private static final Match YES = new Yes();
  private static final Match NO = new No();

  /** Lists may include files that include files. */
  private static final int MAX_FILE_DEPTH = 10;

  private sealed interface Pattern {}

  /** Runs of plain names are one set, so that long lists cost no more than short ones. */
  private record Names(Set<String> names, boolean wanted) implements Pattern {}

  private record Table(LookupTable table, boolean wanted) implements Pattern {}

  private record Broken(String reason) implements Pattern {}

  private final Style style;
  private final List<Pattern> patterns;

  private DomainList(Style style, List<Pattern> patterns) {
    this.style = style;
    this.patterns = List.copyOf(patterns);
  }

  /**
   * Reads the patterns, and the files they name.
   *
   * @param parameter for messages
   * @param items as {@code Config.list} has them
   */
  public static DomainList of(
      String parameter, List<String> items, Style style, TableSource tables) {
    List<Pattern> patterns = new ArrayList<>();
    add(parameter, items, tables, patterns, 0);
    return new DomainList(style, patterns);
  }

  private static void add(
      String parameter, List<String> items, TableSource tables, List<Pattern> out, int depth) {
    for (String item : items) {
      int bangs = 0;
      while (bangs < item.length() && item.charAt(bangs) == '!') {
        bangs++;
      }
      boolean wanted = bangs % 2 == 0;
      String pattern = item.substring(bangs);
      if (pattern.startsWith("/")) {
        addFile(parameter, pattern, wanted, tables, out, depth);
      } else if (isTable(pattern)) {
        out.add(table(parameter, pattern, wanted, tables));
      } else if (!pattern.isEmpty()) {
        addName(pattern.toLowerCase(Locale.ROOT), wanted, out);
      }
    }
  }

  private static void addName(String name, boolean wanted, List<Pattern> out) {
    if (!out.isEmpty() && out.getLast() instanceof Names last && last.wanted == wanted) {
      last.names.add(name);
      return;
    }
    Set<String> names = new HashSet<>();
    names.add(name);
    out.add(new Names(names, wanted));
  }

  private static void addFile(
      String parameter,
      String file,
      boolean wanted,
      TableSource tables,
      List<Pattern> out,
      int depth) {
    if (depth == MAX_FILE_DEPTH) {
      out.add(new Broken(parameter + ": " + file + ": files include files too deeply"));
      return;
    }
    List<String> items = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(Path.of(file), StandardCharsets.UTF_8)) {
        if (!line.isBlank() && line.strip().charAt(0) != '#') {
          for (String item : line.strip().split("[,\\s]+")) {
            items.add(wanted ? item : "!" + item);
          }
        }
      }
    } catch (IOException e) {
      out.add(new Broken(parameter + ": cannot read " + file + ": " + e.getMessage()));
      return;
    }
    add(parameter, items, tables, out, depth + 1);
  }

  private static Pattern table(String parameter, String spec, boolean wanted, TableSource tables) {
    try {
      return new Table(tables.open(spec), wanted);
    } catch (ConfigException e) {
      return new Broken(parameter + ": " + e.getMessage());
    }
  }

  /** A colon inside brackets belongs to an IPv6 address. */
  private static boolean isTable(String pattern) {
    return !pattern.startsWith("[") && pattern.indexOf(':') > 0;
  }

  /** Whether nothing can ever match. */
  public boolean isEmpty() {
    return patterns.isEmpty();
  }

  /**
   * Looks for the first pattern that fits.
   *
   * @param domain in any case, as written in an address
   */
  public Match match(String domain) {
    String name = domain.toLowerCase(Locale.ROOT);
    for (Pattern pattern : patterns) {
      switch (pattern) {
        case Names(var names, var wanted) -> {
          if (inNames(names, name)) {
            return wanted ? YES : NO;
          }
        }
        case Table(var table, var wanted) -> {
          switch (inTable(table, name)) {
            case Lookup.Found _ -> {
              return wanted ? YES : NO;
            }
            case Lookup.Unavailable(var reason) -> {
              return new Unknown(reason);
            }
            case Lookup.NotFound _ -> {}
          }
        }
        case Broken(var reason) -> {
          return new Unknown(reason);
        }
      }
    }
    return NO;
  }

  private boolean inNames(Set<String> names, String name) {
    if (names.contains(name)) {
      return true;
    }
    if (style == Style.EXACT) {
      return false;
    }
    for (int dot = nextDot(name, 0); dot >= 0; dot = nextDot(name, dot + 1)) {
      if (names.contains(name.substring(style == Style.PARENT ? dot + 1 : dot))) {
        return true;
      }
    }
    return false;
  }

  private Lookup inTable(LookupTable table, String name) {
    Lookup found = table.lookup(name);
    if (!(found instanceof Lookup.NotFound) || style == Style.EXACT) {
      return found;
    }
    for (int dot = nextDot(name, 0); dot >= 0; dot = nextDot(name, dot + 1)) {
      found = table.lookup(name.substring(style == Style.PARENT ? dot + 1 : dot));
      if (!(found instanceof Lookup.NotFound)) {
        return found;
      }
    }
    return found;
  }

  /** The dot before a parent domain; none inside an address literal. */
  private static int nextDot(String name, int from) {
    if (name.startsWith("[")) {
      return -1;
    }
    return name.indexOf('.', from);
  }
}

package dev.postrider.route;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import dev.postrider.table.RecipientDelimiter;
import dev.postrider.table.TableSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * transport_maps, searched in the order that transport(5) gives: the address, the address without
 * extension, the domain, its parents, {@code *}. A table that does not answer makes the whole
 * answer unavailable. Immutable and safe on any thread.
 */
final class TransportMap {
  /** What the tables say. */
  sealed interface Answer {
    record Nothing() implements Answer {}

    record Entry(String table, String key, String value) implements Answer {}

    record Unavailable(String reason) implements Answer {}
  }

  private static final String PARAMETER = "transport_maps";

  private final List<LookupTable> tables = new ArrayList<>();
  private final @Nullable String broken;
  private final RecipientDelimiter delimiter;

  /**
   * Whether {@code example.com} stands for what is below it too, instead of {@code .example.com}.
   */
  private final boolean parents;

  TransportMap(Config config, TableSource source, RecipientDelimiter delimiter) {
    String problem = null;
    for (String spec : config.list(PARAMETER)) {
      try {
        tables.add(source.open(spec));
      } catch (ConfigException e) {
        problem = PARAMETER + ": " + e.getMessage();
      }
    }
    this.broken = problem;
    this.delimiter = delimiter;
    this.parents = config.list("parent_domain_matches_subdomains").contains(PARAMETER);
  }

  boolean isEmpty() {
    return tables.isEmpty() && broken == null;
  }

  Answer find(Mailbox recipient) {
    if (broken != null) {
      return new Answer.Unavailable(broken);
    }
    String domain = recipient.domain().toLowerCase(Locale.ROOT);
    String local = recipient.localPart();
    Answer whole = ask(local + "@" + domain, true);
    if (!(whole instanceof Answer.Nothing)) {
      return whole;
    }
    for (String key : parts(local, domain)) {
      Answer part = ask(key, false);
      if (!(part instanceof Answer.Nothing)) {
        return part;
      }
    }
    return whole;
  }

  private List<String> parts(String local, String domain) {
    List<String> keys = new ArrayList<>();
    int extension = delimiter.start(local);
    if (extension > 0) {
      keys.add(local.substring(0, extension) + "@" + domain);
    }
    keys.add(domain);
    if (!domain.startsWith("[")) {
      for (int dot = domain.indexOf('.', 1); dot >= 0; dot = domain.indexOf('.', dot + 1)) {
        keys.add(domain.substring(parents ? dot + 1 : dot));
      }
    }
    keys.add("*");
    return keys;
  }

  private Answer ask(String key, boolean whole) {
    for (LookupTable table : tables) {
      switch (whole ? table.lookup(key) : table.lookupPart(key)) {
        case Lookup.Found(String value) -> {
          return new Answer.Entry(table.name(), key, value);
        }
        case Lookup.NotFound _ -> {}
        case Lookup.Unavailable(String reason) -> {
          return new Answer.Unavailable(reason);
        }
      }
    }
    return new Answer.Nothing();
  }
}

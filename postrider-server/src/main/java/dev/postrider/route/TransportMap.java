package dev.postrider.route;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import dev.postrider.table.TableSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Tables keyed by address, searched in the order that transport(5) and canonical(5) give. A table
 * that does not answer makes the whole answer unavailable. Immutable and safe on any thread.
 */
final class TransportMap {
  private static final Lookup NOT_FOUND = new Lookup.NotFound();

  private final List<LookupTable> tables = new ArrayList<>();
  private final @Nullable String broken;
  private final String delimiters;

  TransportMap(Config config, String parameter, TableSource source) {
    String problem = null;
    for (String spec : config.list(parameter)) {
      try {
        tables.add(source.open(spec));
      } catch (ConfigException e) {
        problem = parameter + ": " + e.getMessage();
      }
    }
    this.broken = problem;
    this.delimiters = config.text("recipient_delimiter");
  }

  boolean isEmpty() {
    return tables.isEmpty() && broken == null;
  }

  /** transport(5): user+extension@domain, user@domain, domain, .parents, {@code *}. */
  Lookup transport(Mailbox recipient) {
    String domain = recipient.domain().toLowerCase(Locale.ROOT);
    List<String> keys = addressKeys(recipient, domain);
    keys.add(domain);
    for (int dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) {
      if (dot > 0) {
        keys.add(domain.substring(dot));
      }
    }
    keys.add("*");
    return first(keys);
  }

  /** sender_dependent_relayhost_maps: the address, then {@code @domain}. */
  Lookup sender(Mailbox sender) {
    String domain = sender.domain().toLowerCase(Locale.ROOT);
    List<String> keys = addressKeys(sender, domain);
    keys.add("@" + domain);
    return first(keys);
  }

  Lookup key(String key) {
    return first(List.of(key));
  }

  private List<String> addressKeys(Mailbox mailbox, String domain) {
    List<String> keys = new ArrayList<>();
    String local = mailbox.localPart();
    keys.add(local + "@" + domain);
    int extension = extension(local, delimiters);
    if (extension > 0) {
      keys.add(local.substring(0, extension) + "@" + domain);
    }
    return keys;
  }

  /** Where the extension of {@code user+extension} begins, or -1. */
  static int extension(String local, String delimiters) {
    for (int i = 1; i < local.length(); i++) {
      if (delimiters.indexOf(local.charAt(i)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  private Lookup first(List<String> keys) {
    if (broken != null) {
      return new Lookup.Unavailable(broken);
    }
    for (String key : keys) {
      for (LookupTable table : tables) {
        Lookup found = table.lookup(key);
        if (!(found instanceof Lookup.NotFound)) {
          return found;
        }
      }
    }
    return NOT_FOUND;
  }
}

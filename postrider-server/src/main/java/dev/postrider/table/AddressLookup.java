package dev.postrider.table;

import dev.postrider.config.ConfigException;
import dev.postrider.mail.address.AddressList;
import dev.postrider.mail.address.Mailbox;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Tables that are keyed by address, searched the way canonical(5), virtual(5) and generic(5)
 * describe: {@code user+extension@domain}, {@code user@domain}, {@code user+extension} and {@code
 * user} for local domains, {@code @domain}. Each key is looked for in every table before the next
 * one is. Immutable and safe on any thread.
 *
 * <p>A table that cannot be opened makes every answer unavailable: mail waits and says why.
 */
public final class AddressLookup {
  /** What the tables say of an address. */
  public sealed interface Found {
    /** No entry. */
    record Nothing() implements Found {}

    /**
     * An entry.
     *
     * @param table {@code type:name} of the table that has it
     * @param key under which it stands
     * @param value as it stands there
     * @param extension what had to be left out of the address to find the key, delimiter included;
     *     mostly empty
     */
    record Entry(String table, String key, String value, String extension) implements Found {}

    /** Nobody knows: the mail waits. */
    record Unavailable(String reason) implements Found {}
  }

  /** What becomes of an address. */
  public sealed interface Answer {
    /** No entry. */
    record Unchanged() implements Answer {}

    /**
     * The addresses of the entry, at least one, completed.
     *
     * @param entry where they come from
     */
    record Mapped(List<Mailbox> mailboxes, Found.Entry entry) implements Answer {
      public Mapped {
        mailboxes = List.copyOf(mailboxes);
      }
    }

    /** Nobody knows: the mail waits. */
    record Unavailable(String reason) implements Answer {}
  }

  /**
   * How addresses are taken apart and completed.
   *
   * @param delimiter recipient_delimiter
   * @param localDomain whether a domain is myorigin or one of this machine's
   * @param canonical completes an address that a table holds, as one that a local program gave
   */
  public record Rules(
      RecipientDelimiter delimiter,
      Function<String, DomainList.Match> localDomain,
      UnaryOperator<Mailbox> canonical) {}

  private static final Found NOTHING = new Found.Nothing();

  private final List<LookupTable> tables;
  private final @Nullable String broken;
  private final Rules rules;

  private AddressLookup(List<LookupTable> tables, @Nullable String broken, Rules rules) {
    this.tables = List.copyOf(tables);
    this.broken = broken;
    this.rules = rules;
  }

  /**
   * Opens the tables of a parameter.
   *
   * @param parameter for messages
   * @param specs as {@code Config.list} has them
   */
  public static AddressLookup of(
      String parameter, List<String> specs, TableSource source, Rules rules) {
    List<LookupTable> tables = new ArrayList<>(specs.size());
    try {
      for (String spec : specs) {
        tables.add(source.open(spec));
      }
    } catch (ConfigException e) {
      return new AddressLookup(List.of(), parameter + ": " + e.getMessage(), rules);
    }
    return new AddressLookup(tables, null, rules);
  }

  /** Over tables that are open already. */
  public static AddressLookup over(List<LookupTable> tables, Rules rules) {
    return new AddressLookup(tables, null, rules);
  }

  /** Whether there is nothing to be asked, so that every answer is no. */
  public boolean isEmpty() {
    return tables.isEmpty() && broken == null;
  }

  /** Looks for the entry of an address. */
  public Found find(Mailbox address) {
    if (broken != null) {
      return new Found.Unavailable(broken);
    }
    if (tables.isEmpty()) {
      return NOTHING;
    }
    for (Step step : steps(address)) {
      switch (step) {
        case Step.Key key -> {
          Found found = ask(key);
          if (!(found instanceof Found.Nothing)) {
            return found;
          }
        }
        case Step.IfLocal(List<Step.Key> keys) -> {
          switch (rules.localDomain().apply(address.domain())) {
            case DomainList.Unknown(var reason) -> {
              return new Found.Unavailable(reason);
            }
            case DomainList.Yes _ -> {
              for (Step.Key key : keys) {
                Found found = ask(key);
                if (!(found instanceof Found.Nothing)) {
                  return found;
                }
              }
            }
            case DomainList.No _ -> {}
          }
        }
      }
    }
    return NOTHING;
  }

  /**
   * Looks for a key that is no address; tables of patterns are not asked for it.
   *
   * @param key as it stands in the tables
   */
  public Found findKey(String key) {
    return broken == null ? ask(new Step.Key(key, "", false)) : new Found.Unavailable(broken);
  }

  /**
   * Looks up one address and reads the entry as a list of addresses.
   *
   * @param propagate whether an extension that had no entry of its own moves to the result
   */
  public Answer map(Mailbox address, boolean propagate) {
    return switch (find(address)) {
      case Found.Nothing _ -> new Answer.Unchanged();
      case Found.Unavailable(String reason) -> new Answer.Unavailable(reason);
      case Found.Entry entry -> answer(address, entry, propagate);
    };
  }

  private sealed interface Step {
    /** One key; a whole address may be matched by patterns, a part of one may not. */
    record Key(String key, String extension, boolean whole) implements Step {}

    /** Keys for addresses of this machine's domains. */
    record IfLocal(List<Key> keys) implements Step {}
  }

  private List<Step> steps(Mailbox address) {
    String local = address.localPart();
    int split = rules.delimiter().start(local);
    String extension = split < 0 ? "" : local.substring(split);
    List<Step> steps = new ArrayList<>(6);
    addSpellings(steps, address, "", true);
    List<Step.Key> parts = new ArrayList<>(2);
    parts.add(new Step.Key(local, "", false));
    if (split > 0) {
      String base = local.substring(0, split);
      addSpellings(steps, new Mailbox(base, address.domain()), extension, false);
      parts.add(new Step.Key(base, extension, false));
    }
    if (!address.domain().isEmpty()) {
      steps.add(new Step.IfLocal(parts));
      steps.add(new Step.Key("@" + address.domain(), "", false));
    }
    return steps;
  }

  /**
   * An address whose local-part needs quotes is looked up as it is spelled, then as it is meant.
   */
  private static void addSpellings(
      List<Step> steps, Mailbox address, String extension, boolean whole) {
    String external = address.external();
    String internal = address.internal();
    if (!external.equals(internal)) {
      steps.add(new Step.Key(external, extension, whole));
    }
    steps.add(new Step.Key(internal, extension, whole));
  }

  private Found ask(Step.Key step) {
    for (LookupTable table : tables) {
      switch (step.whole() ? table.lookup(step.key()) : table.lookupPart(step.key())) {
        case Lookup.Found(String value) -> {
          return new Found.Entry(table.name(), step.key(), value, step.extension());
        }
        case Lookup.NotFound() -> {}
        case Lookup.Unavailable(String reason) -> {
          return new Found.Unavailable(reason);
        }
      }
    }
    return new Found.Nothing();
  }

  private Answer answer(Mailbox address, Found.Entry entry, boolean propagate) {
    String value = entry.value();
    if (value.startsWith("@") && value.length() > 1) {
      return new Answer.Mapped(
          List.of(
              rules.canonical().apply(new Mailbox(address.localPart(), MapSource.trim(value, 1)))),
          entry);
    }
    List<Mailbox> mailboxes = new ArrayList<>();
    for (Mailbox mailbox : AddressList.parse(value).mailboxes()) {
      if (isNoAddress(mailbox)) {
        return unusable(address, entry);
      }
      Mailbox whole =
          propagate && !entry.extension().isEmpty()
              ? new Mailbox(mailbox.localPart() + entry.extension(), mailbox.domain())
              : mailbox;
      mailboxes.add(rules.canonical().apply(whole));
    }
    return mailboxes.isEmpty() ? unusable(address, entry) : new Answer.Mapped(mailboxes, entry);
  }

  /** What an alias file may hold and no other table: mail for it waits until that is mended. */
  private static boolean isNoAddress(Mailbox mailbox) {
    return mailbox.domain().isEmpty()
        && (mailbox.localPart().startsWith("|") || mailbox.localPart().startsWith("/"));
  }

  private static Answer unusable(Mailbox address, Found.Entry entry) {
    return new Answer.Unavailable(
        entry.table()
            + ": the entry for "
            + address
            + " holds \""
            + entry.value()
            + "\", which is no list of addresses; correct that entry");
  }
}

package dev.postrider.table;

import dev.postrider.mail.address.Mailbox;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Looks addresses up the way canonical(5), virtual(5) and generic(5) describe: {@code
 * user+extension@domain}, {@code user@domain}, {@code user+extension} and {@code user} for local
 * domains, {@code @domain}. Immutable and safe on any thread.
 */
public final class AddressLookup {
  /** What became of an address. */
  public sealed interface Answer {
    /** No entry. */
    record Unchanged() implements Answer {}

    /** The addresses of the entry, at least one, each with a domain. */
    record Mapped(List<Mailbox> mailboxes) implements Answer {
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
   * @param origin myorigin, for values without a domain
   * @param delimiters recipient_delimiter; empty for none
   * @param localDomain whether a domain is myorigin or in mydestination
   * @param propagateExtension whether an extension that had no entry of its own moves to the result
   */
  public record Rules(
      String origin,
      String delimiters,
      Predicate<String> localDomain,
      boolean propagateExtension) {}

  private record Hit(String value, String extension) {}

  private final LookupTable table;
  private final Rules rules;

  public AddressLookup(LookupTable table, Rules rules) {
    this.table = table;
    this.rules = rules;
  }

  /** Looks up one address. */
  public Answer map(Mailbox address) {
    int split = Extension.start(address.localPart(), rules.delimiters());
    String extension = split < 0 ? "" : address.localPart().substring(split);
    Mailbox base =
        split < 0
            ? address
            : new Mailbox(address.localPart().substring(0, split), address.domain());
    boolean local = address.domain().isEmpty() || rules.localDomain().test(address.domain());
    List<Step> steps = new ArrayList<>(6);
    addSpellings(steps, address, "");
    if (split > 0) {
      addSpellings(steps, base, extension);
    }
    if (local) {
      steps.add(new Step(address.localPart(), ""));
      if (split > 0) {
        steps.add(new Step(base.localPart(), extension));
      }
    }
    steps.add(new Step("@" + address.domain(), ""));
    for (Step step : steps) {
      switch (table.lookup(step.key())) {
        case Lookup.Found(String value) -> {
          return answer(address, new Hit(value, step.extension()));
        }
        case Lookup.NotFound() -> {}
        case Lookup.Unavailable(String reason) -> {
          return new Answer.Unavailable(reason);
        }
      }
    }
    return new Answer.Unchanged();
  }

  private record Step(String key, String extension) {}

  /**
   * An address whose local-part needs quotes is looked up as it is spelled, then as it is meant.
   */
  private static void addSpellings(List<Step> steps, Mailbox address, String extension) {
    String external = address.external();
    String internal = address.internal();
    if (!external.equals(internal)) {
      steps.add(new Step(external, extension));
    }
    steps.add(new Step(internal, extension));
  }

  private Answer answer(Mailbox address, Hit hit) {
    if (hit.value().startsWith("@") && hit.value().length() > 1) {
      return new Answer.Mapped(
          List.of(new Mailbox(address.localPart(), MapSource.trim(hit.value(), 1))));
    }
    List<Mailbox> mailboxes = new ArrayList<>();
    for (AliasTarget target : AliasTarget.parse(hit.value())) {
      if (!(target instanceof AliasTarget.Address(Mailbox mailbox))) {
        return new Answer.Unavailable(
            table.name()
                + ": the entry for "
                + address
                + " holds \""
                + hit.value()
                + "\", which is no list of addresses; correct that entry");
      }
      Mailbox whole =
          rules.propagateExtension() && !hit.extension().isEmpty()
              ? new Mailbox(mailbox.localPart() + hit.extension(), mailbox.domain())
              : mailbox;
      mailboxes.add(whole.qualified(rules.origin()));
    }
    return mailboxes.isEmpty()
        ? new Answer.Unavailable(
            table.name() + ": the entry for " + address + " holds no address; correct that entry")
        : new Answer.Mapped(mailboxes);
  }
}

package dev.postrider.mapping;

import dev.postrider.delivery.Trace;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.table.AddressLookup;
import dev.postrider.table.AddressLookup.Answer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Changes the addresses of one message. What cannot be said, because a table does not answer, stays
 * as it was and is remembered: such a message must not be stored. For one thread.
 */
public final class MessageMapping {
  /** Canonical tables may lead from one address to the next; more often than this is a loop. */
  private static final int MOST_STEPS = 10;

  /** Why a message cannot be taken now. */
  public sealed interface Failure {
    /** For the log: names the parameter and the table. */
    String reason();

    /** A table did not answer. */
    record Table(String reason) implements Failure {}

    /** Virtual aliases became too many, too deep or too long. */
    record Expansion(String reason) implements Failure {}
  }

  private final AddressMappings mappings;
  private final Trace trace;
  private final List<String> warnings = new ArrayList<>(0);
  private @Nullable Failure failure;

  MessageMapping(AddressMappings mappings, Trace trace) {
    this.mappings = mappings;
    this.trace = trace;
  }

  /** Why the message cannot be taken now, or null if it can. */
  public @Nullable Failure failure() {
    return failure;
  }

  /** What the administrator should mend. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** The sender of the envelope. The mail system's own address becomes the null path. */
  public ReversePath sender(ReversePath given) {
    if (!(given instanceof ReversePath.Sender(Mailbox written))) {
      return given;
    }
    Mailbox whole = completed(written);
    if (whole.internal().equalsIgnoreCase(mappings.mailerDaemon.internal())) {
      return new ReversePath.Null();
    }
    return ReversePath.of(mapped(whole, AddressUse.ENVELOPE_SENDER));
  }

  /** A recipient of the envelope, before virtual aliases. */
  public Mailbox recipient(Mailbox given) {
    return mapped(completed(given), AddressUse.ENVELOPE_RECIPIENT);
  }

  /**
   * An address in the header.
   *
   * @param sender whether the field speaks of a sender
   * @param local whether the message is this machine's own
   */
  public Mailbox inHeader(Mailbox given, boolean sender, boolean local) {
    Mailbox whole = local ? mappings.rewriter.local(given) : mappings.rewriter.remote(given);
    return mapped(whole, sender ? AddressUse.HEADER_SENDER : AddressUse.HEADER_RECIPIENT);
  }

  private Mailbox completed(Mailbox given) {
    Mailbox whole = mappings.rewriter.local(given);
    if (!whole.equals(given)) {
      trace.step(new Trace.Step("myorigin", given.external(), whole.external()));
    }
    return whole;
  }

  private Mailbox mapped(Mailbox whole, AddressUse use) {
    Mailbox address = whole;
    Canonical special = use.isSender() ? mappings.senderCanonical : mappings.recipientCanonical;
    if (special.appliesTo(use)) {
      address = canonical(address, special);
    }
    if (mappings.canonical.appliesTo(use)) {
      address = canonical(address, mappings.canonical);
    }
    return mappings.masquerade.appliesTo(use) ? masqueraded(address) : address;
  }

  private Mailbox canonical(Mailbox given, Canonical canonical) {
    Mailbox address = given;
    for (int step = 0; step < MOST_STEPS; step++) {
      switch (canonical.tables().map(address, mappings.propagateCanonical)) {
        case Answer.Unchanged _ -> {
          return address;
        }
        case Answer.Unavailable(var reason) -> {
          fail(new Failure.Table(canonical.parameter() + ": " + reason));
          return address;
        }
        case Answer.Mapped(var results, var entry) -> {
          if (results.size() > 1) {
            warnings.add(
                "multi-valued " + canonical.parameter() + " entry for " + address.external());
          }
          Mailbox next = results.getFirst();
          step(canonical.parameter(), address, next.external(), entry);
          if (next.internal().equalsIgnoreCase(address.internal())) {
            return next;
          }
          address = next;
        }
      }
    }
    warnings.add("unreasonable " + canonical.parameter() + " map nesting for " + given.external());
    return address;
  }

  private Mailbox masqueraded(Mailbox address) {
    return switch (mappings.masquerade.apply(address)) {
      case Masquerade.Answer.To(var other) -> {
        if (!other.equals(address)) {
          trace.step(new Trace.Step("masquerade_domains", address.external(), other.external()));
        }
        yield other;
      }
      case Masquerade.Answer.Unknown(var reason) -> {
        fail(new Failure.Table(reason));
        yield address;
      }
    };
  }

  /**
   * The addresses that virtual aliases make of a recipient, at least one. An address may stand in
   * its own expansion; a longer way round is a fault.
   */
  public List<Mailbox> expand(Mailbox recipient) {
    if (mappings.virtual.isEmpty()) {
      return List.of(recipient);
    }
    List<Mailbox> addresses = new ArrayList<>();
    addresses.add(recipient);
    Set<String> intoThemselves = new HashSet<>();
    for (int i = 0; i < addresses.size(); i++) {
      if (addresses.size() > mappings.expansionLimit) {
        return unexpanded(recipient, "map expansion size for " + recipient.external());
      }
      for (int depth = 0; !intoThemselves.contains(key(addresses.get(i))); depth++) {
        if (depth >= mappings.recursionLimit) {
          return unexpanded(recipient, "map nesting for " + recipient.external());
        }
        if (!expandOnce(addresses, i, intoThemselves)) {
          break;
        }
        if (failure != null) {
          return List.of(recipient);
        }
      }
    }
    return addresses;
  }

  /** Replaces one address by what the tables have for it; false if they have nothing. */
  private boolean expandOnce(List<Mailbox> addresses, int i, Set<String> intoThemselves) {
    Mailbox address = addresses.get(i);
    switch (mappings.virtual.map(address, mappings.propagateVirtual)) {
      case Answer.Unchanged _ -> {
        return false;
      }
      case Answer.Unavailable(var reason) -> {
        fail(new Failure.Table("virtual_alias_maps: " + reason));
        return true;
      }
      case Answer.Mapped(var results, var entry) -> {
        for (Mailbox each : results) {
          if (each.internal().length() > mappings.addressLimit) {
            unreasonable(
                "result "
                    + each.internal().substring(0, Math.min(300, each.internal().length()))
                    + "...");
            return true;
          }
        }
        StringBuilder text = new StringBuilder();
        addresses.set(i, results.getFirst());
        addresses.addAll(results.subList(1, results.size()));
        for (Mailbox each : results) {
          text.append(text.isEmpty() ? "" : ", ").append(each.external());
          if (key(each).equals(key(address))) {
            // It may stand in its own expansion, once.
            intoThemselves.add(key(each));
          }
        }
        step("virtual_alias_maps", address, text.toString(), entry);
        return true;
      }
    }
  }

  private List<Mailbox> unexpanded(Mailbox recipient, String what) {
    unreasonable(what);
    return List.of(recipient);
  }

  private void unreasonable(String what) {
    fail(new Failure.Expansion("unreasonable virtual_alias_maps " + what));
  }

  /** Postfix ignores all case here. */
  private static String key(Mailbox mailbox) {
    return mailbox.internal().toLowerCase(Locale.ROOT);
  }

  /** Who else gets what this sender sends (sender_bcc_maps). */
  public List<Mailbox> alsoFor(ReversePath sender) {
    return sender instanceof ReversePath.Sender(Mailbox mailbox)
        ? also("sender_bcc_maps", mappings.senderBcc, mailbox)
        : List.of();
  }

  /** Who else gets what this recipient gets (recipient_bcc_maps). */
  public List<Mailbox> alsoFor(Mailbox recipient) {
    return also("recipient_bcc_maps", mappings.recipientBcc, recipient);
  }

  /** Who gets everything (always_bcc). */
  public List<Mailbox> alsoAlways() {
    return mappings.alwaysBcc;
  }

  private List<Mailbox> also(String parameter, AddressLookup lookup, Mailbox address) {
    if (lookup.isEmpty()) {
      return List.of();
    }
    return switch (lookup.map(address, false)) {
      case Answer.Unchanged _ -> List.of();
      case Answer.Mapped(var results, var entry) -> {
        step(parameter, address, "also to " + results.getFirst().external(), entry);
        yield results.subList(0, 1);
      }
      case Answer.Unavailable(var reason) -> {
        fail(new Failure.Table(parameter + ": " + reason));
        yield List.of();
      }
    };
  }

  private void step(
      String parameter, Mailbox subject, String result, AddressLookup.Found.Entry entry) {
    trace.step(new Trace.Step(parameter, subject.external(), result, entry.table(), entry.key()));
  }

  private void fail(Failure why) {
    if (failure == null) {
      failure = why;
    }
  }
}

package dev.postrider.route;

import dev.postrider.config.Config;
import dev.postrider.mail.address.AddressLiteral;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.table.DomainList;

/**
 * Finds the domain that an address is really for: a domain of this machine is taken off, and what
 * is left may name another, as {@code user%elsewhere@here} does. Immutable and safe on any thread.
 */
final class Resolver {
  /** What is left. */
  sealed interface Answer {
    /**
     * The address.
     *
     * @param local whether the domain is this machine's
     */
    record Resolved(Mailbox mailbox, boolean local) implements Answer {}

    /**
     * No address that mail can go to: its domain is a bare number.
     *
     * @param mailbox whose
     */
    record Bad(Mailbox mailbox) implements Answer {}

    record Unknown(String reason) implements Answer {}
  }

  private final Rewriter rewriter;
  private final ClassLists classes;
  private final String hostName;
  private final boolean dequotes;
  private final boolean takesNumbers;

  Resolver(Config config, Rewriter rewriter, ClassLists classes) {
    this.rewriter = rewriter;
    this.classes = classes;
    this.hostName = config.text("myhostname");
    this.dequotes = config.flag("resolve_dequoted_address");
    this.takesNumbers = config.flag("resolve_numeric_domain");
  }

  Answer resolve(Mailbox address) {
    Mailbox rest = rewriter.local(address);
    String domain = "";
    // Each round takes at least one character off, or is the last.
    for (int round = 0; round <= address.internal().length() + 2; round++) {
      if (!rest.domain().isEmpty()) {
        switch (classes.isLocal(rest.domain())) {
          case DomainList.Unknown(var reason) -> {
            return new Answer.Unknown(reason);
          }
          case DomainList.No _ -> {
            return elsewhere(rest);
          }
          case DomainList.Yes _ -> domain = rest.domain();
        }
      }
      String local = rest.localPart();
      Mailbox inner = inner(local);
      if (inner.domain().isEmpty()) {
        return new Answer.Resolved(new Mailbox(local, domain.isEmpty() ? hostName : domain), true);
      }
      rest = inner;
    }
    return new Answer.Unknown("<" + address.internal() + ">: it names too many hosts");
  }

  /**
   * Of another host. A number is no name of one (RFC 5321 §4.1.2): it must be in brackets, or
   * resolve_numeric_domain puts it there.
   */
  private Answer elsewhere(Mailbox mailbox) {
    if (!AddressLiteral.isDottedQuad(mailbox.domain())) {
      return new Answer.Resolved(mailbox, false);
    }
    if (!takesNumbers) {
      return new Answer.Bad(mailbox);
    }
    Mailbox literal = new Mailbox(mailbox.localPart(), "[" + mailbox.domain() + "]");
    return switch (classes.isLocal(literal.domain())) {
      case DomainList.Unknown(var reason) -> new Answer.Unknown(reason);
      case DomainList.No _ -> new Answer.Resolved(literal, false);
      case DomainList.Yes _ -> new Answer.Resolved(literal, true);
    };
  }

  /** What a local-part names if it asks to be sent on; else itself, without a domain. */
  private Mailbox inner(String local) {
    Mailbox bare = new Mailbox(local, "");
    boolean quoted = bare.external().startsWith("\"");
    if (quoted && !dequotes) {
      return bare;
    }
    int at = quoted ? local.lastIndexOf('@') : -1;
    if (at > 0 && at < local.length() - 1) {
      return rewriter.local(new Mailbox(local.substring(0, at), local.substring(at + 1)));
    }
    int bang = rewriter.swapsBangpath() ? local.indexOf('!') : -1;
    if (bang > 0 && bang < local.length() - 1) {
      return rewriter.local(new Mailbox(local.substring(bang + 1), local.substring(0, bang)));
    }
    int percent = rewriter.allowsPercentHack() ? local.lastIndexOf('%') : -1;
    if (percent > 0 && percent < local.length() - 1) {
      return rewriter.local(new Mailbox(local.substring(0, percent), local.substring(percent + 1)));
    }
    return bare;
  }
}

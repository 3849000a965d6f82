package dev.postrider.route;

import dev.postrider.config.Config;
import dev.postrider.mail.address.Mailbox;

/**
 * Brings an address into the form {@code user@full.domain} [trivial-rewrite]: {@code site!user} and
 * {@code user%site} are turned round, a missing domain is added, a last dot goes. Immutable; safe
 * on any thread.
 */
public final class Rewriter {
  private final String origin;
  private final String domain;
  private final boolean appendOrigin;
  private final boolean appendDomain;
  private final boolean swapBangpath;
  private final boolean percentHack;
  private final String remoteDomain;

  /** Reads the settings. */
  public Rewriter(Config config) {
    this.origin = config.text("myorigin");
    this.domain = config.text("mydomain");
    this.appendOrigin = config.flag("append_at_myorigin");
    this.appendDomain = config.flag("append_dot_mydomain");
    this.swapBangpath = config.flag("swap_bangpath");
    this.percentHack = config.flag("allow_percent_hack");
    this.remoteDomain = config.text("remote_header_rewrite_domain").strip();
  }

  boolean swapsBangpath() {
    return swapBangpath;
  }

  boolean allowsPercentHack() {
    return percentHack;
  }

  /** As addresses of this machine's own mail are completed, and all of the envelope. */
  public Mailbox local(Mailbox mailbox) {
    return rewrite(mailbox, origin, domain);
  }

  /** As addresses in the header of a remote client's mail are completed. */
  public Mailbox remote(Mailbox mailbox) {
    return rewrite(mailbox, remoteDomain, remoteDomain);
  }

  /** Whether a remote client's header is touched at all (remote_header_rewrite_domain). */
  public boolean touchesRemoteHeaders() {
    return !remoteDomain.isEmpty();
  }

  private Mailbox rewrite(Mailbox mailbox, String missingDomain, String missingParent) {
    Mailbox whole = mailbox.domain().isEmpty() ? withDomain(mailbox, missingDomain) : mailbox;
    String host = whole.domain();
    boolean literal = host.startsWith("[");
    if (appendDomain
        && !missingParent.isEmpty()
        && !host.isEmpty()
        && !literal
        && host.indexOf('.') < 0) {
      return new Mailbox(whole.localPart(), host + "." + missingParent);
    }
    boolean lastDot = host.length() > 1 && host.endsWith(".") && !host.endsWith("..");
    return lastDot && !literal
        ? new Mailbox(whole.localPart(), host.substring(0, host.length() - 1))
        : whole;
  }

  private Mailbox withDomain(Mailbox mailbox, String missingDomain) {
    String local = mailbox.localPart();
    boolean quoted = mailbox.external().startsWith("\"");
    int bang = swapBangpath && !quoted ? local.indexOf('!') : -1;
    if (bang >= 0) {
      return bang > 0 && bang < local.length() - 1
          ? new Mailbox(local.substring(bang + 1), local.substring(0, bang))
          : mailbox;
    }
    int percent = percentHack && !quoted ? local.lastIndexOf('%') : -1;
    if (percent > 0 && percent < local.length() - 1) {
      return new Mailbox(local.substring(0, percent), local.substring(percent + 1));
    }
    return appendOrigin && !missingDomain.isEmpty() ? mailbox.qualified(missingDomain) : mailbox;
  }
}

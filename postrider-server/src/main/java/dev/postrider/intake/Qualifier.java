package dev.postrider.intake;

import dev.postrider.config.Config;
import dev.postrider.mail.address.Mailbox;
import java.util.Locale;

/**
 * Completes addresses: {@code user} to {@code user@$myorigin}, {@code user@host} to {@code
 * user@host.$mydomain}. Immutable; safe on any thread.
 *
 * <p>The place for canonical and virtual maps: they act on what this returns.
 */
final class Qualifier {
  private final String origin;
  private final String domain;
  private final boolean appendOrigin;
  private final boolean appendDomain;

  Qualifier(Config config) {
    this.origin = config.text("myorigin");
    this.domain = config.text("mydomain");
    this.appendOrigin = config.flag("append_at_myorigin");
    this.appendDomain = config.text("append_dot_mydomain").equals("yes");
  }

  Mailbox qualify(Mailbox mailbox) {
    if (mailbox.domain().isEmpty()) {
      return appendOrigin ? mailbox.qualified(origin) : mailbox;
    }
    String host = mailbox.domain();
    if (host.endsWith(".") && host.length() > 1) {
      return new Mailbox(mailbox.localPart(), host.substring(0, host.length() - 1));
    }
    return appendDomain && host.indexOf('.') < 0 && !host.startsWith("[")
        ? new Mailbox(mailbox.localPart(), host + "." + domain)
        : mailbox;
  }

  /** Under this key a recipient is the same recipient: Postfix ignores all case here. */
  static String key(Mailbox mailbox) {
    return mailbox.internal().toLowerCase(Locale.ROOT);
  }
}

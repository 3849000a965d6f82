package dev.postrider.mail.address;

/**
 * Who gets a notice when delivery fails: a mailbox, or nobody (RFC 5321 §4.1.2, §4.5.5). Immutable.
 */
public sealed interface ReversePath {
  /** {@code <>}: nobody is ever notified. */
  record Null() implements ReversePath {
    @Override
    public String internal() {
      return "";
    }

    @Override
    public String external() {
      return "";
    }
  }

  /** A sender who can be told. */
  record Sender(Mailbox mailbox) implements ReversePath {
    @Override
    public String internal() {
      return mailbox.internal();
    }

    @Override
    public String external() {
      return mailbox.external();
    }
  }

  static ReversePath of(Mailbox mailbox) {
    return new Sender(mailbox);
  }

  /** As tables have it; empty for the null path. */
  String internal();

  /** As the wire and logs have it between the angle brackets; empty for the null path. */
  String external();

  default boolean isNull() {
    return this instanceof Null;
  }
}

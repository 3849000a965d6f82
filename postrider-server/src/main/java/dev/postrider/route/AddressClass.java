package dev.postrider.route;

/** What a recipient's domain is to this machine (ADDRESS_CLASS_README). */
public enum AddressClass {
  /** mydestination, and own addresses: users of this machine. */
  LOCAL("mydestination"),
  /** virtual_alias_domains: nobody lives there, each address is another one's name. */
  VIRTUAL_ALIAS("virtual_alias_domains"),
  /** virtual_mailbox_domains: mailboxes without users. */
  VIRTUAL_MAILBOX("virtual_mailbox_domains"),
  /** relay_domains: mail is taken from anybody and passed on. */
  RELAY("relay_domains"),
  /** Everybody else. */
  DEFAULT("");

  private final String parameter;

  AddressClass(String parameter) {
    this.parameter = parameter;
  }

  /** The setting of main.cf that names its domains; empty for the last. */
  public String parameter() {
    return parameter;
  }

  /** Whether mail comes to its end here, so that it may be taken from anybody. */
  public boolean isFinal() {
    return this == LOCAL || this == VIRTUAL_ALIAS || this == VIRTUAL_MAILBOX;
  }
}

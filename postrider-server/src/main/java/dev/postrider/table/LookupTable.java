package dev.postrider.table;

/** A read-only table of strings, such as {@code hash:/etc/aliases}. Safe on any thread. */
public interface LookupTable {
  /** {@code type:name} as configured, for messages. */
  String name();

  /** Looks up one key; folding of case is the table type's own affair, as in Postfix. */
  Lookup lookup(String key);

  /**
   * Where the entry that answers a key stands, for people: {@code /etc/postfix/virtual, line 3}.
   * Empty if that cannot be told. May read the source again.
   */
  default String place(String key) {
    return "";
  }

  /**
   * Whether a key is matched by patterns, or by a server that does so for all we know: regexp,
   * cidr, tcp, socketmap.
   */
  default boolean matchesPatterns() {
    return false;
  }

  /**
   * Whether the answers name logins and where their secrets come from ({@code user source}), in
   * place of {@code user:password}.
   */
  default boolean namesSecrets() {
    return false;
  }

  /**
   * Looks up a part of an address, such as {@code @domain} or {@code user}. A pattern meant for
   * whole addresses could match it, so tables of patterns are not asked.
   */
  default Lookup lookupPart(String key) {
    return matchesPatterns() ? new Lookup.NotFound() : lookup(key);
  }
}

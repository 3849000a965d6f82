package dev.postrider.table;

import dev.postrider.config.ConfigException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.naming.directory.SearchControls;

/**
 * {@code ldap://host:port/dn?attributes?scope?filter} (RFC 4516), percent signs decoded. Immutable.
 *
 * @param scheme ldap, ldaps or ldapi
 * @param authority host and port, or the path of a socket
 * @param scope as {@link SearchControls} has it
 */
record LdapUrl(
    String scheme, String authority, String dn, List<String> attributes, int scope, String filter) {
  LdapUrl {
    attributes = List.copyOf(attributes);
  }

  static boolean isOne(String text) {
    return text.regionMatches(true, 0, "ldap://", 0, 7)
        || text.regionMatches(true, 0, "ldaps://", 0, 8)
        || text.regionMatches(true, 0, "ldapi://", 0, 8);
  }

  /** Parses a text that {@link #isOne}. */
  static LdapUrl parse(String text) throws ConfigException {
    int colon = text.indexOf(':');
    String rest = text.substring(colon + 3);
    int slash = rest.indexOf('/');
    String authority = slash < 0 ? rest : rest.substring(0, slash);
    String[] parts = (slash < 0 ? "" : rest.substring(slash + 1)).split("\\?", -1);
    try {
      String attributes = part(parts, 1);
      String filter = part(parts, 3);
      return new LdapUrl(
          text.substring(0, colon).toLowerCase(java.util.Locale.ROOT),
          decoded(authority),
          part(parts, 0),
          attributes.isEmpty() ? List.of() : List.of(attributes.split(",", -1)),
          scope(part(parts, 2)),
          filter.isEmpty() ? "(objectClass=*)" : filter);
    } catch (IllegalArgumentException e) {
      throw new ConfigException("malformed URL " + text, e);
    }
  }

  private static int scope(String text) {
    return switch (text.toLowerCase(java.util.Locale.ROOT)) {
      case "", "base" -> SearchControls.OBJECT_SCOPE;
      case "one" -> SearchControls.ONELEVEL_SCOPE;
      case "sub" -> SearchControls.SUBTREE_SCOPE;
      default -> throw new IllegalArgumentException(text);
    };
  }

  private static String part(String[] parts, int index) {
    return index < parts.length ? decoded(parts[index]) : "";
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}

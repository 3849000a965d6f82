package dev.postrider.table;

import dev.postrider.config.ConfigException;
import dev.postrider.log.MailLog;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.naming.CommunicationException;
import javax.naming.NameNotFoundException;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.ReferralException;
import javax.naming.ServiceUnavailableException;
import javax.naming.directory.Attribute;
import javax.naming.directory.Attributes;
import javax.naming.directory.SearchControls;
import javax.naming.directory.SearchResult;
import javax.naming.ldap.LdapName;
import org.jspecify.annotations.Nullable;

/** {@code ldap:/file}, as ldap_table(5) describes it. Safe on any thread. */
final class LdapTable implements Content {
  static final Set<String> PARAMETERS =
      Set.of(
          "server_host",
          "server_port",
          "timeout",
          "search_base",
          "query_filter",
          "result_format",
          "result_filter",
          "domain",
          "result_attribute",
          "special_result_attribute",
          "terminal_result_attribute",
          "leaf_result_attribute",
          "scope",
          "bind",
          "bind_dn",
          "bind_pw",
          "sasl_mechs",
          "sasl_realm",
          "sasl_authz_id",
          "sasl_minssf",
          "cache",
          "cache_expiry",
          "cache_size",
          "recursion_limit",
          "expansion_limit",
          "size_limit",
          "dereference",
          "chase_referrals",
          "debuglevel",
          "version",
          "start_tls",
          "tls_ca_cert_file",
          "tls_ca_cert_dir",
          "tls_cert",
          "tls_key",
          "tls_require_cert",
          "tls_random_file",
          "tls_cipher_suite");

  private final String name;
  private final boolean fold;
  private final MailLog log;
  private final KeyFormat format = new KeyFormat();
  private final KeyFormat.Text base;
  private final KeyFormat.Text filter;
  private final KeyFormat.Text result;
  private final @Nullable StringList domain;
  private final LdapAttributes attributes;
  private final int scope;
  private final int expansionLimit;
  private final int sizeLimit;
  private final int recursionLimit;
  private final ServerGroup<LdapConnections.Connection> servers;

  LdapTable(NetworkTable table, ParameterFile parameters) throws IOException, ConfigException {
    this.name = table.name();
    this.fold = table.fold();
    this.log = table.log();
    this.base = format.query(parameters.text("search_base", ""));
    this.filter = format.query(parameters.text("query_filter", "(mailacceptinggeneralid=%s)"));
    this.result =
        format.result(
            parameters.has("result_format")
                ? parameters.text("result_format", "")
                : parameters.text("result_filter", "%s"));
    this.domain = table.domain(parameters);
    this.attributes = LdapAttributes.of(parameters);
    this.scope = scope(parameters);
    this.expansionLimit = parameters.number("expansion_limit", 0, 0);
    this.sizeLimit = parameters.number("size_limit", expansionLimit, 0);
    this.recursionLimit = parameters.number("recursion_limit", 1000, 1);
    LdapConnections connections = new LdapConnections(parameters);
    this.servers = new ServerGroup<>(table);
    int rank = 0;
    for (LdapUrl server : LdapConnections.servers(parameters)) {
      servers.add(
          server.scheme() + "://" + server.authority(), rank++, () -> connections.open(server));
    }
  }

  private static int scope(ParameterFile parameters) throws IOException {
    String text = parameters.text("scope", "sub");
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "sub" -> SearchControls.SUBTREE_SCOPE;
      case "one" -> SearchControls.ONELEVEL_SCOPE;
      case "base" -> SearchControls.OBJECT_SCOPE;
      default ->
          throw new IOException(
              parameters.place("scope") + ": scope = " + text + ": use sub, one or base");
    };
  }

  @Override
  public Lookup lookup(String asked) {
    if (!Octets.isValid(asked)) {
      return new Lookup.NotFound();
    }
    String key = fold ? Keys.fold(asked) : asked;
    if (domain != null && !(NetworkTable.eligible(domain, key) instanceof Lookup.Found)) {
      return NetworkTable.eligible(domain, key);
    }
    Optional<String> where = format.expand(base, key, LdapTable::inName);
    Optional<String> what = format.expand(filter, key, LdapTable::inFilter);
    if (where.isEmpty() || what.isEmpty()) {
      return new Lookup.NotFound();
    }
    try {
      return servers.ask(connection -> {
        ResultList results = new ResultList(expansionLimit);
        Query query = new Query(connection, key, results);
        try {
          query.collect(query.search(where.get(), scope, what.get(), attributes.names()), 1);
        } catch (NameNotFoundException e) {
          // Where the base depends on the key, its absence says that there is no such key.
          if (base.isDynamic()) {
            return new Lookup.NotFound();
          }
          throw new IOException("search base \"" + where.get() + "\" not found", e);
        } catch (NamingException e) {
          throw failure(e);
        }
        return results.answer(name, key);
      });
    } catch (IOException e) {
      return new Lookup.Unavailable("table " + name + ": " + e.getMessage());
    }
  }

  private static IOException failure(NamingException e) {
    String reason = "search failed: " + LdapConnections.reason(e);
    if (reason.contains("timed out")) {
      SocketTimeoutException late = new SocketTimeoutException(reason);
      late.initCause(e);
      return late;
    }
    return e instanceof CommunicationException || e instanceof ServiceUnavailableException
        ? new UnreachableException(reason, e)
        : new IOException(reason, e);
  }

  /** Text as a value in a distinguished name (RFC 4514). */
  static String inName(String text) {
    return escaped(text, " \t\"#+,;<>\\=");
  }

  /** Text as a value in a filter (RFC 4515): nothing in it is a star or a parenthesis. */
  static String inFilter(String text) {
    return escaped(text, "*()\\ ");
  }

  private static String escaped(String text, String special) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c == 0x7f || special.indexOf(c) >= 0) {
        out.append("\\%02X".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** One lookup over one connection, with the searches that its results lead to. */
  private final class Query {
    private final LdapConnections.Connection connection;
    private final String key;
    private final ResultList results;

    Query(LdapConnections.Connection connection, String key, ResultList results) {
      this.connection = connection;
      this.key = key;
      this.results = results;
    }

    // The check is against objects that a directory hands over to be brought to life. None are
    // asked
    // for here, attributes are text, and the JDK does not trust serialized ones by default either.
    @SuppressWarnings("BanJNDI")
    List<Attributes> search(String where, int depth, String what, List<String> wanted)
        throws NamingException, IOException {
      SearchControls controls = new SearchControls();
      controls.setSearchScope(depth);
      controls.setReturningObjFlag(false);
      controls.setCountLimit(sizeLimit);
      controls.setReturningAttributes(wanted.toArray(String[]::new));
      List<Attributes> entries = new ArrayList<>();
      NamingEnumeration<SearchResult> found =
          connection.context.search(new LdapName(where), what, controls);
      try {
        while (found.hasMore()) {
          entries.add(found.next().getAttributes());
        }
      } catch (ReferralException e) {
        // The rest is elsewhere, and chase_referrals says not to go there.
        return entries;
      } finally {
        found.close();
      }
      if (sizeLimit > 0 && entries.size() > sizeLimit) {
        throw new IOException("more than size_limit = " + sizeLimit + " entries");
      }
      return entries;
    }

    void collect(List<Attributes> entries, int level) throws NamingException, IOException {
      for (Attributes entry : entries) {
        boolean terminal = hasAny(entry, 0, attributes.terminal());
        boolean leaf =
            terminal
                || attributes.leaf() == 0
                || !hasAny(entry, attributes.values(), attributes.names().size());
        for (Attribute attribute : sorted(entry)) {
          int index = attributes.index(attribute.getID());
          if (index == attributes.names().size()) {
            continue;
          }
          if (index < attributes.values() || terminal) {
            boolean skipped =
                terminal
                    ? index >= attributes.terminal()
                    : !leaf && index < attributes.terminal() + attributes.leaf();
            if (!skipped) {
              add(attribute);
            }
          } else if (level >= recursionLimit) {
            throw new IOException(
                "more than recursion_limit = " + recursionLimit + " steps to " + attribute.getID());
          } else {
            follow(attribute, level);
          }
          if (results.isTooLong()) {
            return;
          }
        }
      }
    }

    private void add(Attribute attribute) throws NamingException {
      for (int i = 0; i < attribute.size(); i++) {
        format.expand(result, text(attribute.get(i)), key).ifPresent(results::add);
      }
    }

    private void follow(Attribute attribute, int level) throws NamingException, IOException {
      for (int i = 0; i < attribute.size() && !results.isTooLong(); i++) {
        String value = text(attribute.get(i));
        try {
          collect(LdapUrl.isOne(value) ? byUrl(value) : byName(value), level + 1);
        } catch (NameNotFoundException e) {
          log.warning("proxymap", "table " + name + ": DN " + value + " not found, skipping");
        }
      }
    }

    private List<Attributes> byName(String dn) throws NamingException, IOException {
      return search(dn, SearchControls.OBJECT_SCOPE, "(objectClass=*)", attributes.names());
    }

    /** The host of a URL does not count, as in Postfix: this server knows its own entries. */
    private List<Attributes> byUrl(String text) throws NamingException, IOException {
      LdapUrl url;
      try {
        url = LdapUrl.parse(text);
      } catch (ConfigException e) {
        throw new IOException(e.getMessage(), e);
      }
      List<String> wanted = attributes.within(url.attributes());
      return wanted.isEmpty() ? List.of() : search(url.dn(), url.scope(), url.filter(), wanted);
    }

    private boolean hasAny(Attributes entry, int from, int to) throws NamingException {
      for (int i = from; i < to; i++) {
        @Nullable Attribute found = entry.get(attributes.names().get(i));
        if (found != null && found.size() > 0) {
          return true;
        }
      }
      return false;
    }

    /** In the order of the table's parameters: the JDK does not keep the server's. */
    private List<Attribute> sorted(Attributes entry) throws NamingException {
      List<Attribute> all = new ArrayList<>();
      NamingEnumeration<? extends Attribute> each = entry.getAll();
      while (each.hasMore()) {
        all.add(each.next());
      }
      all.sort(
          Comparator.comparingInt((Attribute one) -> attributes.index(one.getID()))
              .thenComparing(Attribute::getID));
      return all;
    }

    private static String text(Object value) {
      return value instanceof byte[] bytes ? Octets.decode(bytes) : String.valueOf(value);
    }
  }
}

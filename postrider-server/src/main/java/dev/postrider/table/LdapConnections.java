package dev.postrider.table;

import dev.postrider.config.ConfigException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.naming.Context;
import javax.naming.NamingException;
import javax.naming.ldap.InitialLdapContext;
import javax.naming.ldap.LdapContext;
import javax.naming.ldap.StartTlsRequest;
import javax.naming.ldap.StartTlsResponse;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;

/** Connects to the servers of an LDAP table through the JDK's own client. Safe on any thread. */
final class LdapConnections {
  private static final int LDAP_PORT = 389;

  /** A connection, closed with the TLS in it. */
  static final class Connection implements AutoCloseable {
    final LdapContext context;

    Connection(LdapContext context) {
      this.context = context;
    }

    @Override
    public void close() throws NamingException {
      context.close();
    }
  }

  private final Map<String, String> common = new TreeMap<>();
  private final Map<String, String> login = new TreeMap<>();
  private final boolean startTls;
  private final boolean requireCertificate;
  private final SSLSocketFactory tls;

  LdapConnections(ParameterFile parameters) throws IOException {
    String millis = Long.toString(1000L * parameters.number("timeout", 10, 1));
    common.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.ldap.LdapCtxFactory");
    common.put("java.naming.ldap.version", "3");
    common.put("com.sun.jndi.ldap.connect.timeout", millis);
    common.put("com.sun.jndi.ldap.read.timeout", millis);
    common.put("java.naming.ldap.factory.socket", LdapSocketFactory.class.getName());
    common.put(
        "java.naming.ldap.derefAliases",
        List.of("never", "searching", "finding", "always")
            .get(Math.min(3, parameters.number("dereference", 0, 0))));
    common.put(Context.REFERRAL, parameters.flag("chase_referrals", false) ? "follow" : "throw");
    login(parameters);
    startTls = parameters.flag("start_tls", false);
    requireCertificate = parameters.flag("tls_require_cert", false);
    for (String name : List.of("tls_cert", "tls_key")) {
      if (parameters.has(name)) {
        throw new IOException(
            parameters.place(name)
                + ": "
                + name
                + ": a certificate of the client is not supported");
      }
    }
    tls = LdapTls.sockets(parameters, requireCertificate);
  }

  private void login(ParameterFile parameters) throws IOException {
    String dn = parameters.text("bind_dn", "");
    String how = parameters.text("bind", "yes").toLowerCase(Locale.ROOT);
    switch (how) {
      case "no", "none" -> login.put(Context.SECURITY_AUTHENTICATION, "none");
      case "yes", "simple" ->
          login.put(Context.SECURITY_AUTHENTICATION, dn.isEmpty() ? "none" : "simple");
      case "sasl" -> login.put(Context.SECURITY_AUTHENTICATION, parameters.needed("sasl_mechs"));
      default ->
          throw new IOException(
              parameters.place("bind") + ": bind = " + how + ": use none, simple or sasl");
    }
    if (!login.get(Context.SECURITY_AUTHENTICATION).equals("none")) {
      login.put(Context.SECURITY_PRINCIPAL, dn);
      login.put(Context.SECURITY_CREDENTIALS, parameters.text("bind_pw", ""));
    }
    if (how.equals("sasl") && parameters.has("sasl_realm")) {
      login.put("java.naming.security.sasl.realm", parameters.text("sasl_realm", ""));
    }
    if (how.equals("sasl") && parameters.has("sasl_authz_id")) {
      login.put("java.naming.security.sasl.authorizationId", parameters.text("sasl_authz_id", ""));
    }
  }

  /** The servers of server_host in their order. */
  static List<LdapUrl> servers(ParameterFile parameters) throws IOException, ConfigException {
    int port = parameters.number("server_port", LDAP_PORT, 1);
    List<LdapUrl> servers = new ArrayList<>();
    for (String each : TableSpec.split(parameters.text("server_host", "localhost"))) {
      servers.add(
          LdapUrl.parse(
              LdapUrl.isOne(each)
                  ? each
                  : "ldap://"
                      + each
                      + (each.lastIndexOf(':') > each.indexOf(']') ? "" : ":" + port)));
    }
    return servers;
  }

  /** Connects and logs in. */
  @SuppressWarnings("JdkObsolete") // JNDI takes no other map than a Hashtable.
  Connection open(LdapUrl server) throws IOException {
    String name = server.scheme() + "://" + server.authority();
    Hashtable<String, Object> environment = new Hashtable<>(common);
    boolean socket = server.scheme().equals("ldapi");
    environment.put(Context.PROVIDER_URL, socket ? "ldap://localhost" : name);
    if (!startTls || socket) {
      environment.putAll(login);
    }
    SocketFactory sockets =
        switch (server.scheme()) {
          case "ldaps" -> tls;
          case "ldapi" ->
              new UnixSocketFactory(
                  server.authority().isEmpty() ? "/run/slapd/ldapi" : server.authority());
          default -> SocketFactory.getDefault();
        };
    try {
      return ScopedValue.where(LdapSocketFactory.SOCKETS, sockets)
          .call(() -> open(environment, startTls && server.scheme().equals("ldap")));
    } catch (NamingException e) {
      throw new UnreachableException("connect to " + name + ": " + reason(e), e);
    }
  }

  @SuppressWarnings("JdkObsolete") // JNDI takes no other map than a Hashtable.
  private Connection open(Hashtable<String, Object> environment, boolean encrypt)
      throws NamingException {
    LdapContext context = new InitialLdapContext(environment, null);
    if (!encrypt) {
      return new Connection(context);
    }
    boolean done = false;
    try {
      StartTlsResponse response =
          (StartTlsResponse) context.extendedOperation(new StartTlsRequest());
      if (!requireCertificate) {
        response.setHostnameVerifier((host, session) -> true);
      }
      var _ = response.negotiate(tls);
      for (Map.Entry<String, String> each : login.entrySet()) {
        Object _ = context.addToEnvironment(each.getKey(), each.getValue());
      }
      context.reconnect(null);
      done = true;
      return new Connection(context);
    } catch (IOException e) {
      NamingException failure = new NamingException("STARTTLS: " + e.getMessage());
      failure.initCause(e);
      throw failure;
    } finally {
      if (!done) {
        context.close();
      }
    }
  }

  /** One line of what the JDK says, and why. */
  static String reason(NamingException e) {
    Throwable deepest = e;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    String text = deepest instanceof IOException ? deepest.getMessage() : e.getMessage();
    return MapSource.printable(
        text == null ? e.getClass().getSimpleName() : text.lines().findFirst().orElse("").strip());
  }
}

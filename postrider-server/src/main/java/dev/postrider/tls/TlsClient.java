package dev.postrider.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Makes the client side of TLS on a connected socket. Safe on any thread.
 *
 * <p>The handshake itself accepts any certificate; {@link CertificateVerdict} judges it afterwards,
 * every time, because a resumed session asks no trust manager. Each level has a context of its own,
 * so that a session made under one is never resumed under another.
 */
public final class TlsClient {
  private static final String SEEN = "postrider.seen";
  private static final int MAX_CONTEXTS = 50;
  private static final int MAX_CHOICES = 100;

  /**
   * Made when first needed: a daemon that starts for local mail, and a short one, is spared them.
   */
  private final Map<Terms, SSLContext> contexts = new ConcurrentHashMap<>();

  /** Suites chosen already, for the few choices that a configuration makes. */
  private final Map<CipherChoice, String[]> chosen = new ConcurrentHashMap<>();

  private final ClientIdentity identity;
  private final int sessionSeconds;
  private final Consumer<String> warn;
  private final List<String> groups;

  /** What sessions that may be resumed have in common. */
  private record Terms(TlsLevel level, @Nullable Credentials credentials) {}

  /**
   * @param identity what is shown to servers that ask for a certificate
   * @param sessionSeconds how long a TLS session may be resumed; 0 for not at all
   * @param warn told why the own certificate is not shown
   * @param groups for the exchange of keys, in order, by Java's names; empty for Java's choice
   */
  public TlsClient(
      ClientIdentity identity, int sessionSeconds, Consumer<String> warn, List<String> groups) {
    this.groups = List.copyOf(groups);
    this.warn = warn;
    this.identity = identity;
    this.sessionSeconds = sessionSeconds;
  }

  /** What this Java offers, found when somebody asks. */
  private static final class Offered {
    static final List<String> PROTOCOLS =
        List.of(newContext(null, 0).getDefaultSSLParameters().getProtocols());
  }

  /** The protocol versions that this Java offers, newest first. */
  public static List<String> offeredProtocols() {
    return Offered.PROTOCOLS;
  }

  /**
   * Shakes hands.
   *
   * @param socket connected; nothing of it may have been read ahead
   * @param host the server's name, for SNI and for resumption
   * @throws UnusableIdentityException if our own certificate cannot be used; nothing was sent yet
   * @throws IOException if there is no TLS now; the socket is of no more use
   */
  public SSLSocket handshake(Socket socket, TlsPolicy policy, String host, String sni)
      throws IOException {
    SSLContext context = context(policy.level());
    if (context
            .getSocketFactory()
            .createSocket(socket, host, socket.getPort(), /* autoClose= */ true)
        instanceof SSLSocket tls) {
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setProtocols(policy.protocols().toArray(new String[0]));
      parameters.setCipherSuites(suites(policy.ciphers(), parameters.getCipherSuites()));
      parameters.setServerNames(serverNames(sni));
      if (!groups.isEmpty()) {
        parameters.setNamedGroups(groups.toArray(new String[0]));
      }
      tls.setSSLParameters(parameters);
      tls.startHandshake();
      return tls;
    }
    throw new IOException("this Java makes no TLS sockets");
  }

  /** Whether a session goes on from an earlier handshake; asked once after each. */
  public static boolean isResumed(SSLSession session) {
    boolean seen = session.getValue(SEEN) != null;
    if (!seen) {
      session.putValue(SEEN, SEEN);
    }
    return seen;
  }

  /** Our own certificate, or its key, cannot be used. */
  public static final class UnusableIdentityException extends IOException {
    private static final long serialVersionUID = 1;

    UnusableIdentityException(IOException why) {
      super(why.getMessage(), why);
    }
  }

  private SSLContext context(TlsLevel level) throws UnusableIdentityException {
    Credentials credentials = null;
    try {
      credentials = identity.isEmpty() ? null : identity.credentials();
    } catch (IOException e) {
      // Encryption that is only an offer is not given up for a certificate nobody may ask for.
      if (level.isMandatory()) {
        throw new UnusableIdentityException(e);
      }
      warn.accept("client certificate: " + e.getMessage() + "; none is shown");
    }
    if (sessionSeconds == 0) {
      return newContext(credentials, 0);
    }
    Credentials shown = credentials;
    if (contexts.size() > MAX_CONTEXTS) {
      // Those of certificates that have been renewed since.
      contexts.clear();
    }
    return contexts.computeIfAbsent(
        new Terms(level, shown), terms -> newContext(terms.credentials, sessionSeconds));
  }

  private String[] suites(CipherChoice choice, String[] offered) {
    if (chosen.size() > MAX_CHOICES) {
      chosen.clear();
    }
    return chosen.computeIfAbsent(choice, c -> quickFirst(c.from(List.of(offered))));
  }

  private static List<javax.net.ssl.SNIServerName> serverNames(String sni) {
    try {
      return sni.indexOf('.') > 0 && !isAddress(sni) ? List.of(new SNIHostName(sni)) : List.of();
    } catch (IllegalArgumentException _) {
      // Not a name that SNI can carry: none is sent.
      return List.of();
    }
  }

  private static boolean isAddress(String name) {
    return name.indexOf(':') >= 0 || Character.isDigit(name.charAt(name.length() - 1));
  }

  /**
   * Prefers ChaCha20: the daemon runs without the second compiler, the only one that uses the
   * processor's own AES, and then AES-GCM takes more than four times as long. Both are as strong.
   */
  private static String[] quickFirst(List<String> suites) {
    List<String> ordered = new ArrayList<>(suites);
    ordered.sort(Comparator.comparing(suite -> !isQuick(suite)));
    return ordered.toArray(new String[0]);
  }

  private static boolean isQuick(String suite) {
    return suite.startsWith("TLS_CHACHA20_")
        || (suite.startsWith("TLS_ECDHE_") && suite.contains("_CHACHA20_"));
  }

  private static SSLContext newContext(@Nullable Credentials credentials, int sessionSeconds) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          credentials == null ? null : new KeyManager[] {credentials},
          new TrustManager[] {new AcceptAll()},
          null);
      if (sessionSeconds > 0) {
        context.getClientSessionContext().setSessionTimeout(sessionSeconds);
      }
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no TLS", e);
    }
  }

  /** Judgement comes after the handshake: see the class comment. */
  private static final class AcceptAll extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}

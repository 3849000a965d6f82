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
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Makes the client side of TLS on a connected socket. Safe on any thread.
 *
 * <p>The handshake itself accepts any certificate; {@link CertificateVerdict} judges it afterwards,
 * every time, because a resumed session asks no trust manager. Each level has a context of its own,
 * so that a session made under one is never resumed under another.
 */
public final class TlsClient {
  /**
   * Made when first needed: a daemon that starts for local mail, and a short one, is spared them.
   */
  private final Map<TlsLevel, SSLContext> contexts = new ConcurrentHashMap<>();

  /** What this Java offers, found when somebody asks. */
  private static final class Offered {
    static final List<String> PROTOCOLS =
        List.of(context().getDefaultSSLParameters().getProtocols());
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
   * @throws IOException if there is no TLS now; the socket is of no more use
   */
  public SSLSocket handshake(Socket socket, TlsPolicy policy, String host, String sni)
      throws IOException {
    SSLContext context = contexts.computeIfAbsent(policy.level(), _ -> context());
    if (context
            .getSocketFactory()
            .createSocket(socket, host, socket.getPort(), /* autoClose= */ true)
        instanceof SSLSocket tls) {
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setProtocols(policy.protocols().toArray(new String[0]));
      parameters.setCipherSuites(
          quickFirst(without(policy.excludedCiphers(), parameters.getCipherSuites())));
      parameters.setServerNames(serverNames(sni));
      tls.setSSLParameters(parameters);
      tls.startHandshake();
      return tls;
    }
    throw new IOException("this Java makes no TLS sockets");
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

  private static List<String> without(List<String> excluded, String[] suites) {
    List<String> kept = new ArrayList<>(suites.length);
    for (String suite : suites) {
      boolean dropped = false;
      for (String word : excluded) {
        dropped |= suite.contains(word) || CipherName.openSsl(suite).contains(word);
      }
      if (!dropped) {
        kept.add(suite);
      }
    }
    return kept;
  }

  private static SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new AcceptAll()}, null);
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

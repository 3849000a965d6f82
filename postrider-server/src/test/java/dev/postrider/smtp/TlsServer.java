package dev.postrider.smtp;

import dev.postrider.tls.TestCertificates;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;

/** An SMTP server with STARTTLS on a free loopback port that takes everything. */
final class TlsServer implements Closeable {
  private final ServerSocket listener;
  private final SSLContext context;

  /** One line for each handshake: version, suite, name asked for, client's certificate. */
  final List<String> handshakes = new CopyOnWriteArrayList<>();

  /** How often a session with TLS was begun anew, by the identity of sessions. */
  final List<Long> sessions = new CopyOnWriteArrayList<>();

  final List<String> heard = new CopyOnWriteArrayList<>();

  /** The versions it speaks. */
  volatile List<String> protocols = List.of("TLSv1.3", "TLSv1.2");

  /** The groups for the exchange of keys that it knows; Java's if empty. */
  volatile List<String> groups = List.of();

  /** Whether it asks for a certificate. */
  volatile boolean asks;

  /** Said behind the reply to the EHLO over TLS, before anything was asked. */
  volatile String early = "";

  /** Announced over TLS. */
  volatile String announces = "";

  /** Whether STARTTLS is announced. */
  volatile boolean offers = true;

  TlsServer(String certificates) throws IOException, GeneralSecurityException {
    this(certificates, "127.0.0.1");
  }

  TlsServer(String certificates, String address) throws IOException, GeneralSecurityException {
    context = TestCertificates.server(certificates);
    listener = new ServerSocket(0, 50, InetAddress.getByName(address));
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  String nextHop() {
    return "[127.0.0.1]:" + port();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException _) {
        // Closed: the test is over.
      }
    }
  }

  private void serve(Socket plain) {
    try (plain) {
      Socket socket = plain;
      BufferedReader in = reader(socket);
      say(socket, "220 mx.example.net ESMTP");
      boolean encrypted = false;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        heard.add(line);
        String verb = line.split(" ")[0].toUpperCase(Locale.ROOT);
        switch (verb) {
          case "EHLO", "LHLO" -> {
            String more =
                encrypted
                    ? announces.isEmpty() ? "" : "250-" + announces + "\r\n"
                    : offers ? "250-STARTTLS\r\n" : "";
            String behind = encrypted && !early.isEmpty() ? "\r\n" + early : "";
            say(socket, "250-mx.example.net\r\n" + more + "250 ENHANCEDSTATUSCODES" + behind);
          }
          case "STARTTLS" -> {
            say(socket, "220 go");
            socket = handshake(plain);
            in = reader(socket);
            encrypted = true;
          }
          case "DATA" -> {
            say(socket, "354 go");
            for (String text = in.readLine(); !text.equals("."); text = in.readLine()) {
              heard.add(text);
            }
            say(socket, "250 2.0.0 taken " + (encrypted ? "encrypted" : "in clear"));
          }
          case "QUIT" -> {
            say(socket, "221 bye");
            return;
          }
          default -> say(socket, "250 2.1.0 ok");
        }
      }
    } catch (IOException e) {
      heard.add("(" + e.getMessage() + ")");
    }
  }

  private SSLSocket handshake(Socket plain) throws IOException {
    SSLSocket tls =
        (SSLSocket) context.getSocketFactory().createSocket(plain, "client", plain.getPort(), true);
    tls.setUseClientMode(false);
    tls.setWantClientAuth(asks);
    tls.setEnabledProtocols(protocols.toArray(new String[0]));
    if (!groups.isEmpty()) {
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setNamedGroups(groups.toArray(new String[0]));
      tls.setSSLParameters(parameters);
    }
    tls.startHandshake();
    ExtendedSSLSession session = (ExtendedSSLSession) tls.getSession();
    sessions.add(session.getCreationTime());
    handshakes.add(
        session.getProtocol()
            + " "
            + session.getCipherSuite()
            + " "
            + session.getRequestedServerNames()
            + " "
            + client(session));
    return tls;
  }

  private static String client(ExtendedSSLSession session) {
    try {
      return ((X509Certificate) session.getPeerCertificates()[0])
          .getSubjectX500Principal()
          .getName();
    } catch (SSLPeerUnverifiedException _) {
      return "nobody";
    }
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
  }

  private static void say(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write((text + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}

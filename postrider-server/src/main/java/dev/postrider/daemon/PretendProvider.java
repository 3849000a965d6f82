package dev.postrider.daemon;

import dev.postrider.mail.reply.Reply;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A provider that is not one: submission on a free loopback port, with STARTTLS and a login as real
 * ones want them, that keeps what it is given in memory. For {@code postrider try}, so that the
 * main job can be seen on a machine where nothing is configured. Safe on any thread.
 *
 * <p>Its key is in the program for everyone to read: it protects nothing and must never be trusted
 * by a configuration that sends real mail.
 */
public final class PretendProvider implements AutoCloseable {
  private static final char[] STORE_PASSWORD = "pretend".toCharArray();
  private static final int MAX_LINE = 12_288;
  private static final int MAX_CONTENT = 10_240_000;
  private static final int MAX_MESSAGES = 1000;
  private static final int TIMEOUT_MILLIS = 60_000;

  /**
   * One message as it arrived. Immutable.
   *
   * @param login who handed it in
   * @param reversePath as given to MAIL, without the angle brackets
   * @param recipients as given to RCPT, without the angle brackets
   * @param content with LF line ends
   * @param encrypted whether TLS protected it on the way
   */
  public record Received(
      String login,
      String reversePath,
      List<String> recipients,
      String content,
      boolean encrypted) {
    public Received {
      recipients = List.copyOf(recipients);
    }
  }

  private final String user;
  private final String password;
  private final ServerSocket listener;
  private final SSLContext tls;
  private final Set<Socket> sessions = ConcurrentHashMap.newKeySet();
  private final List<Received> received = new ArrayList<>();

  private PretendProvider(String user, String password) throws IOException {
    this.user = user;
    this.password = password;
    this.tls = context();
    this.listener = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
  }

  /** Starts one that takes mail from whoever knows {@code user} and {@code password}. */
  public static PretendProvider start(String user, String password) throws IOException {
    PretendProvider provider = new PretendProvider(user, password);
    Thread.ofVirtual().name("pretend-provider").start(provider::accept);
    return provider;
  }

  /** Where it listens, on 127.0.0.1, which its certificate calls {@code localhost} too. */
  public int port() {
    return listener.getLocalPort();
  }

  /** The certificate to trust, in PEM form: what goes into the file of smtp_tls_CAfile. */
  public static String certificatePem() throws IOException {
    try (InputStream in = PretendProvider.class.getResourceAsStream("pretend-provider.pem")) {
      if (in == null) {
        throw new IOException("pretend-provider.pem is missing from the program");
      }
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  /** Everything received so far, in order. */
  public synchronized List<Received> received() {
    return List.copyOf(received);
  }

  /**
   * Waits until {@code count} messages are here.
   *
   * @return all that are here then, or at the end of {@code limit}
   */
  public synchronized List<Received> await(int count, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (received.size() < count) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        break;
      }
      wait(left);
    }
    return List.copyOf(received);
  }

  private synchronized boolean keep(Received message) {
    if (received.size() >= MAX_MESSAGES) {
      return false;
    }
    received.add(message);
    notifyAll();
    return true;
  }

  private void accept() {
    while (true) {
      Socket socket;
      try {
        socket = listener.accept();
      } catch (IOException _) {
        // Closed: the trial is over.
        return;
      }
      sessions.add(socket);
      Thread.ofVirtual().name("pretend-provider-session").start(() -> serve(socket));
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      new Session(socket).run();
    } catch (IOException _) {
      // The client is gone; what it had handed over completely is kept.
    } finally {
      sessions.remove(socket);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sessions) {
      socket.close();
    }
  }

  private static SSLContext context() throws IOException {
    try (InputStream in = PretendProvider.class.getResourceAsStream("pretend-provider.p12")) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, STORE_PASSWORD);
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, STORE_PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("pretend-provider.p12: " + e.getMessage(), e);
    }
  }

  /** One client. For one thread. */
  private final class Session {
    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private boolean encrypted;
    private boolean loggedIn;
    private @Nullable String reversePath;
    private final List<String> recipients = new ArrayList<>();

    Session(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream());
      this.out = new BufferedOutputStream(socket.getOutputStream());
    }

    void run() throws IOException {
      say(Reply.of(220, "pretend-provider.localhost ESMTP"));
      while (true) {
        String line = readLine();
        String verb = line.split(" ", 2)[0].toUpperCase(Locale.ROOT);
        if (verb.equals("STARTTLS") && !encrypted) {
          startTls();
          continue;
        }
        say(answer(verb, line));
        if (verb.equals("QUIT")) {
          return;
        }
      }
    }

    private Reply answer(String verb, String line) throws IOException {
      return switch (verb) {
        case "EHLO" -> hello();
        case "HELO", "NOOP" -> Reply.of(250, "pretend-provider.localhost");
        case "AUTH" -> login(line);
        case "MAIL" -> mail(line);
        case "RCPT" -> rcpt(line);
        case "DATA" -> data();
        case "RSET" -> {
          forget();
          yield Reply.of(250, "2.0.0 Ok");
        }
        case "QUIT" -> Reply.of(221, "2.0.0 Bye");
        default -> Reply.of(502, "5.5.1 Not here");
      };
    }

    private Reply hello() {
      forget();
      return encrypted
          ? Reply.of(
              250,
              "pretend-provider.localhost",
              "PIPELINING",
              "SIZE " + MAX_CONTENT,
              "AUTH PLAIN LOGIN",
              "ENHANCEDSTATUSCODES",
              "8BITMIME",
              "SMTPUTF8")
          : Reply.of(250, "pretend-provider.localhost", "STARTTLS", "ENHANCEDSTATUSCODES");
    }

    private void startTls() throws IOException {
      // Before the answer: what comes after it may be the client's first TLS record already.
      if (in.available() > 0) {
        throw new IOException("plaintext behind STARTTLS");
      }
      say(Reply.of(220, "2.0.0 Ready to start TLS"));
      if (tls.getSocketFactory().createSocket(socket, null, false) instanceof SSLSocket secure) {
        secure.startHandshake();
        socket = secure;
        in = new BufferedInputStream(secure.getInputStream());
        out = new BufferedOutputStream(secure.getOutputStream());
        encrypted = true;
      }
    }

    private Reply login(String line) throws IOException {
      if (!encrypted) {
        return Reply.of(538, "5.7.11 Encryption required");
      }
      String[] words = line.split(" ");
      String mechanism = words.length > 1 ? words[1].toUpperCase(Locale.ROOT) : "";
      String given;
      String name;
      switch (mechanism) {
        case "PLAIN" -> {
          String[] parts = (words.length > 2 ? decoded(words[2]) : ask("")).split("\0", 3);
          name = parts.length == 3 ? parts[1] : "";
          given = parts.length == 3 ? parts[2] : "";
        }
        case "LOGIN" -> {
          name = words.length > 2 ? decoded(words[2]) : ask("VXNlcm5hbWU6");
          given = ask("UGFzc3dvcmQ6");
        }
        default -> {
          return Reply.of(504, "5.5.4 Unrecognized authentication type");
        }
      }
      loggedIn = name.equals(user) && given.equals(password);
      return loggedIn
          ? Reply.of(235, "2.7.0 Authentication successful")
          : Reply.of(535, "5.7.8 Username and Password not accepted");
    }

    private String ask(String challenge) throws IOException {
      say(Reply.of(334, challenge));
      return decoded(readLine());
    }

    private String decoded(String base64) {
      try {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException _) {
        return "";
      }
    }

    private Reply mail(String line) {
      if (!loggedIn) {
        return Reply.of(530, "5.7.0 Authentication required");
      }
      reversePath = path(line);
      recipients.clear();
      return Reply.of(250, "2.1.0 Ok");
    }

    private Reply rcpt(String line) {
      if (reversePath == null) {
        return Reply.of(503, "5.5.1 MAIL first");
      }
      if (recipients.size() >= 100) {
        return Reply.of(452, "4.5.3 Too many recipients");
      }
      recipients.add(path(line));
      return Reply.of(250, "2.1.5 Ok");
    }

    private static String path(String line) {
      int open = line.indexOf('<');
      int close = line.lastIndexOf('>');
      return open < 0 || close < open ? "" : line.substring(open + 1, close);
    }

    private Reply data() throws IOException {
      String from = reversePath;
      if (from == null || recipients.isEmpty()) {
        return Reply.of(503, "5.5.1 MAIL and RCPT first");
      }
      say(Reply.of(354, "End data with <CR><LF>.<CR><LF>"));
      String content = readContent();
      boolean kept = keep(new Received(user, from, recipients, content, encrypted));
      forget();
      return kept
          ? Reply.of(250, "2.0.0 Ok: kept by the pretend provider")
          : Reply.of(452, "4.3.1 The pretend provider is full");
    }

    private void forget() {
      reversePath = null;
      recipients.clear();
    }

    private String readContent() throws IOException {
      StringBuilder content = new StringBuilder();
      while (true) {
        String line = readLine();
        if (line.equals(".")) {
          return content.toString();
        }
        if (content.length() + line.length() > MAX_CONTENT) {
          throw new IOException("content beyond the announced limit");
        }
        content.append(line, line.startsWith(".") ? 1 : 0, line.length()).append('\n');
      }
    }

    /** A line without its CRLF; a bare LF or CR is part of it. */
    private String readLine() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream(128);
      boolean carriageReturn = false;
      while (true) {
        int octet = in.read();
        if (octet < 0) {
          throw new EOFException();
        }
        if (octet == '\n' && carriageReturn) {
          byte[] bytes = line.toByteArray();
          return new String(bytes, 0, bytes.length - 1, StandardCharsets.UTF_8);
        }
        if (line.size() > MAX_LINE) {
          throw new IOException("line too long");
        }
        carriageReturn = octet == '\r';
        line.write(octet);
      }
    }

    private void say(Reply reply) throws IOException {
      List<String> lines = reply.lines();
      for (int i = 0; i < lines.size(); i++) {
        char separator = i == lines.size() - 1 ? ' ' : '-';
        out.write(
            (String.valueOf(reply.code()) + separator + lines.get(i) + "\r\n")
                .getBytes(StandardCharsets.UTF_8));
      }
      if (in.available() == 0) {
        out.flush();
      }
    }
  }
}

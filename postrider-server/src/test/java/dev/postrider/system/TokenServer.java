package dev.postrider.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A provider's server on loopback: takes mail after a login with a password or a token that it
 * knows, and refuses another token as Google and Microsoft do.
 */
final class TokenServer implements AutoCloseable {
  private final ServerSocket socket;
  private final Set<String> good = ConcurrentHashMap.newKeySet();
  private final List<String> messages = new CopyOnWriteArrayList<>();
  private final List<String> logins = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();

  TokenServer() throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread _ = Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return socket.getLocalPort();
  }

  String nextHop() {
    return "[127.0.0.1]:" + port();
  }

  /** What it takes from now on, and nothing else. */
  void take(String... secrets) {
    good.clear();
    good.addAll(List.of(secrets));
  }

  List<String> messages() {
    return messages;
  }

  /** Each login that worked: mechanism and secret. */
  List<String> logins() {
    return logins;
  }

  int connections() {
    return connections.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = socket.accept();
        connections.incrementAndGet();
        Thread _ = Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException _) {
      // The test is over.
    }
  }

  private void serve(Socket client) {
    try (client) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
      OutputStream out = client.getOutputStream();
      say(out, "220 mx.example.net ESMTP");
      boolean known = false;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ");
        switch (words[0]) {
          case "EHLO" -> say(out, "250-mx.example.net\r\n250 AUTH PLAIN XOAUTH2 OAUTHBEARER");
          case "AUTH" -> known = login(words, in, out);
          case "MAIL", "RCPT", "RSET" -> say(out, known ? "250 ok" : "530 5.7.0 Log in first");
          case "DATA" -> {
            say(out, "354 go on");
            messages.add(content(in));
            say(out, "250 2.0.0 Ok: queued");
          }
          case "QUIT" -> {
            say(out, "221 bye");
            return;
          }
          default -> say(out, "500 5.5.1 what?");
        }
      }
    } catch (IOException _) {
      // The client has gone.
    }
  }

  private boolean login(String[] words, BufferedReader in, OutputStream out) throws IOException {
    String proof = new String(Base64.getDecoder().decode(words[2]), StandardCharsets.UTF_8);
    boolean bearer = proof.contains("auth=Bearer ");
    String secret =
        bearer
            ? proof.substring(proof.indexOf("Bearer ") + 7).split("\1")[0]
            : proof.substring(proof.lastIndexOf('\0') + 1);
    if (good.contains(secret)) {
      logins.add(words[1] + " " + secret);
      say(out, "235 2.7.0 Accepted");
      return true;
    }
    if (bearer) {
      String error = "{\"status\":\"401\",\"schemes\":\"bearer\",\"scope\":\"mail\"}";
      say(out, "334 " + Base64.getEncoder().encodeToString(error.getBytes(StandardCharsets.UTF_8)));
      String answer = in.readLine();
      String wanted = words[1].equals("XOAUTH2") ? "" : "AQ==";
      if (!wanted.equals(answer)) {
        say(out, "501 5.5.2 that was no answer");
        return false;
      }
    }
    say(out, "535 5.7.8 Username and Password not accepted");
    return false;
  }

  private static String content(BufferedReader in) throws IOException {
    StringBuilder content = new StringBuilder();
    for (String line = in.readLine(); line != null && !line.equals("."); line = in.readLine()) {
      content.append(line).append('\n');
    }
    return content.toString();
  }

  private static void say(OutputStream out, String line) throws IOException {
    out.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

package dev.postrider.system;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** One client at a provider that has manners. For one thread. */
final class MannersSession {
  /**
   * What all sessions of a provider share.
   *
   * @param tokens that are good at present
   * @param logins told of each login that is tried: "MECHANISM yes" or "MECHANISM no"
   * @param received told of each message that is taken, with its envelope in front
   */
  record House(
      Manners manners,
      SSLContext tls,
      Set<String> tokens,
      Consumer<String> logins,
      BiConsumer<Manners, String> received) {}

  private final House house;
  private final Manners manners;
  private Socket socket;
  private InputStream in;
  private OutputStream out;
  private boolean encrypted;
  private boolean loggedIn;
  private boolean begun;
  private String reversePath = "";
  private final List<String> recipients = new ArrayList<>();

  MannersSession(House house, Socket socket, boolean implicitTls) throws IOException {
    this.house = house;
    this.manners = house.manners();
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
    if (implicitTls) {
      encrypt();
    }
  }

  void run() throws IOException {
    say(manners.greeting());
    for (String line = line(); ; line = line()) {
      switch (line.split("[ :]", 2)[0].toUpperCase(Locale.ROOT)) {
        case "EHLO" -> say(coded(manners.hello(encrypted)));
        case "STARTTLS" -> {
          say("220 2.0.0 Ready to start TLS");
          encrypt();
        }
        case "AUTH" -> login(line.split(" "));
        case "MAIL" -> mail(line);
        case "RCPT" -> {
          // A client that sends ahead hears of a sender that was refused once more.
          if (begun) {
            recipients.add(path(line));
          }
          say(begun ? "250 2.1.5 OK" : "503 5.5.1 MAIL first");
        }
        case "DATA" -> data();
        case "RSET", "NOOP" -> say("250 2.0.0 OK");
        case "QUIT" -> {
          say("221 2.0.0 closing connection");
          return;
        }
        default -> say("502 5.5.1 Unrecognized command");
      }
    }
  }

  private void encrypt() throws IOException {
    if (house.tls().getSocketFactory().createSocket(socket, null, false)
        instanceof SSLSocket secure) {
      secure.startHandshake();
      socket = secure;
      in = new BufferedInputStream(secure.getInputStream());
      out = secure.getOutputStream();
      encrypted = true;
    }
  }

  private void login(String[] words) throws IOException {
    if (!encrypted) {
      say("530 5.7.0 Must issue a STARTTLS command first");
      return;
    }
    String mechanism = words[1].toUpperCase(Locale.ROOT);
    switch (mechanism) {
      case "PLAIN" -> {
        String[] parts = (words.length > 2 ? decoded(words[2]) : ask("")).split("\0", 3);
        password(mechanism, parts[1], parts[2]);
      }
      case "LOGIN" -> {
        String name = words.length > 2 ? decoded(words[2]) : ask("VXNlcm5hbWU6");
        password(mechanism, name, ask("UGFzc3dvcmQ6"));
      }
      case "XOAUTH2", "OAUTHBEARER" -> {
        String proof = words.length > 2 ? decoded(words[2]) : ask("");
        token(mechanism, proof.replaceAll("(?s).*auth=Bearer ([^\1]*)\1.*", "$1"));
      }
      default -> say("504 5.7.4 Unrecognized authentication type");
    }
  }

  private void password(String mechanism, String name, String secret) throws IOException {
    loggedIn =
        !manners.appPassword().isEmpty()
            && name.equals(manners.account())
            && secret.equals(manners.appPassword());
    house.logins().accept(mechanism + (loggedIn ? " yes" : " no"));
    say(loggedIn ? List.of("235 2.7.0 Accepted") : manners.refused(secret));
  }

  private void token(String mechanism, String token) throws IOException {
    loggedIn = house.tokens().contains(manners.account() + " " + token);
    house.logins().accept(mechanism + (loggedIn ? " yes" : " no"));
    if (!loggedIn) {
      var _ = ask(encoded("{\"status\":\"400\",\"schemes\":\"Bearer\",\"scope\":\"mail\"}"));
      say(manners.badToken());
      return;
    }
    say("235 2.7.0 Accepted");
  }

  private String ask(String challenge) throws IOException {
    say("334 " + challenge);
    return decoded(line());
  }

  private void mail(String line) throws IOException {
    if (!loggedIn) {
      say("530 5.7.0 Authentication Required");
      return;
    }
    reversePath = path(line);
    recipients.clear();
    Optional<String> refusal = manners.sender(reversePath);
    begun = refusal.isEmpty();
    say(refusal.orElse("250 2.1.0 OK"));
  }

  private void data() throws IOException {
    if (!begun || recipients.isEmpty()) {
      say("503 5.5.1 RCPT first");
      return;
    }
    say("354 Go ahead");
    StringBuilder content = new StringBuilder();
    for (String line = line(); !line.equals("."); line = line()) {
      content.append(line, line.startsWith(".") ? 1 : 0, line.length()).append('\n');
    }
    if (content.length() > manners.size()) {
      say("552 5.3.4 Message size exceeds fixed limit");
      return;
    }
    Optional<String> refusal = manners.content(content.toString());
    if (refusal.isEmpty()) {
      house
          .received()
          .accept(
              manners,
              "Envelope: "
                  + reversePath
                  + " "
                  + recipients
                  + "\n"
                  + manners.rewritten(content.toString()));
    }
    say(refusal.orElse(manners.taken()));
  }

  private static String path(String line) {
    return line.substring(line.indexOf('<') + 1, line.indexOf('>'));
  }

  private static List<String> coded(List<String> lines) {
    List<String> coded = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      coded.add("250" + (i == lines.size() - 1 ? ' ' : '-') + lines.get(i));
    }
    return coded;
  }

  private static String decoded(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException();
      }
      line.write(c);
    }
    return line.toString(StandardCharsets.UTF_8).replace("\r", "");
  }

  private void say(String line) throws IOException {
    say(List.of(line));
  }

  private void say(List<String> lines) throws IOException {
    out.write((String.join("\r\n", lines) + "\r\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}

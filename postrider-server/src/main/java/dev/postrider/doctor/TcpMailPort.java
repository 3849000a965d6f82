package dev.postrider.doctor;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The real network. Safe on any thread. */
public final class TcpMailPort implements MailPort {
  private static final int MOST_LINES = 100;

  /** As many servers answer EHLO: "at your service, [203.0.113.7]". */
  private static final Pattern LITERAL = Pattern.compile("\\[(?:IPv6:)?([0-9A-Fa-f.:]+)\\]");

  @Override
  public Answer greet(InetSocketAddress server, String name, Duration limit) {
    int millis = Math.toIntExact(limit.toMillis());
    try (Socket socket = new Socket()) {
      socket.connect(server, millis);
      socket.setSoTimeout(millis);
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      String greeting = reply(in);
      if (!greeting.startsWith("2")) {
        return new Answer.Closed("it answers " + greeting);
      }
      say(socket, "EHLO " + name);
      Optional<InetAddress> seen = literal(reply(in));
      say(socket, "QUIT");
      // Behind an address of a private network it is the other side who knows.
      return new Answer.Open(greeting, seen.or(() -> own(socket)));
    } catch (SocketTimeoutException _) {
      return new Answer.Closed("nothing came back within " + limit.toSeconds() + " seconds");
    } catch (IOException e) {
      return new Answer.Closed(String.valueOf(e.getMessage()));
    }
  }

  private static Optional<InetAddress> own(Socket socket) {
    return Optional.of(socket.getLocalAddress()).filter(DirectSendingCheck::isPublic);
  }

  private static Optional<InetAddress> literal(String reply) {
    Matcher found = LITERAL.matcher(reply);
    if (!found.find()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(found.group(1)))
          .filter(DirectSendingCheck::isPublic);
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static String reply(BufferedReader in) throws IOException {
    StringBuilder reply = new StringBuilder();
    for (int count = 0; count < MOST_LINES; count++) {
      String line = in.readLine();
      if (line == null) {
        throw new IOException("it hung up");
      }
      reply.append(reply.isEmpty() ? "" : " ").append(line);
      if (line.length() < 4 || line.charAt(3) != '-') {
        break;
      }
    }
    return reply.toString();
  }

  private static void say(Socket socket, String line) throws IOException {
    socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
  }
}

package dev.postrider.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * A large provider's server for incoming mail: tells each client what address it comes from. Safe
 * on any thread.
 *
 * @param received told of each message, with its envelope in front
 */
record PretendMx(Consumer<String> received) {
  void serve(Socket client) throws IOException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
    StringBuilder message = new StringBuilder();
    say(client, "220 mx.google.com ESMTP 5b1f17b1804b1-477bf4 - gsmtp");
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      switch (line.split("[ :]", 2)[0].toUpperCase(Locale.ROOT)) {
        case "EHLO" ->
            say(
                client,
                "250-mx.google.com at your service, ["
                    + client.getInetAddress().getHostAddress()
                    + "]\r\n250-SIZE 157286400\r\n250 8BITMIME");
        case "DATA" -> {
          say(client, "354 Go ahead");
          for (String text = in.readLine(); !".".equals(text); text = in.readLine()) {
            message.append(text).append('\n');
          }
          received.accept(message.toString());
          say(client, "250 2.0.0 OK  1795785600 5b1f17b1804b1-477bf4 - gsmtp");
        }
        case "QUIT" -> {
          say(client, "221 2.0.0 closing connection");
          return;
        }
        default -> {
          message.append(line).append('\n');
          say(client, "250 2.1.0 OK");
        }
      }
    }
  }

  private static void say(Socket client, String line) throws IOException {
    client.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
  }
}

package dev.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class TcpMailPortTest {
  private final List<String> heard = new CopyOnWriteArrayList<>();

  private MailPort.Answer greet(String... replies) throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread server = Thread.ofVirtual().start(() -> serve(listener, replies));
      MailPort.Answer answer =
          new TcpMailPort()
              .greet(
                  new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()),
                  "mail.example.com",
                  Duration.ofSeconds(20));
      server.join();
      return answer;
    }
  }

  private void serve(ServerSocket listener, String... replies) {
    try (Socket client = listener.accept()) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
      for (String reply : replies) {
        client.getOutputStream().write((reply + "\r\n").getBytes(StandardCharsets.US_ASCII));
        String line = in.readLine();
        if (line != null) {
          heard.add(line);
        }
      }
    } catch (IOException _) {
      // The client went away.
      return;
    }
  }

  @Test
  void itHearsWhereItComesFrom() throws Exception {
    assertThat(greet("220 mx ESMTP", "250-mx at your service, [203.0.113.7]\r\n250 SIZE"))
        .isEqualTo(
            new MailPort.Answer.Open(
                "220 mx ESMTP", Optional.of(InetAddress.ofLiteral("203.0.113.7"))));
    assertThat(heard).containsExactly("EHLO mail.example.com", "QUIT");
  }

  @Test
  void aPrivateAddressIsNobodys() throws Exception {
    assertThat(greet("220 mx ESMTP", "250 mx greets [192.168.1.4]"))
        .isEqualTo(new MailPort.Answer.Open("220 mx ESMTP", Optional.empty()));
  }

  @Test
  void whoRefusesIsNotOpen() throws Exception {
    assertThat(greet("554 no mail from here"))
        .isEqualTo(new MailPort.Answer.Closed("it answers 554 no mail from here"));
    assertThat(greet()).isEqualTo(new MailPort.Answer.Closed("it hung up"));
  }
}

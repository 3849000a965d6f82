package dev.postrider.smtpd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A service of which a part dies. */
@Timeout(60)
class ListenerFaultsTest {
  private static Listener listener(SmtpService service, List<ListeningSocket> sockets) {
    return new Listener(
        sockets,
        () -> service.settings,
        service.intake,
        ClientNames.withoutLookup(),
        service.log,
        10);
  }

  private static List<ListeningSocket> sockets() throws IOException {
    return ListeningSocket.bind(
        List.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0)));
  }

  private static ListeningSocket failing(ListeningSocket socket, List<Throwable> failures) {
    return new ListeningSocket(new FailingSocket(socket.channel(), failures), socket.address());
  }

  @Test
  void whatKillsTheAcceptingIsSaidAndItIsBegunAgain() throws Exception {
    List<Throwable> failures =
        List.of(new IllegalStateException("a bug"), new IOException("Too many open files"));
    try (SmtpService service = SmtpService.start(Map.of());
        Listener listener = listener(service, List.of(failing(sockets().getFirst(), failures)))) {
      listener.start();
      try (SmtpService.Client client =
          new SmtpService.Client(listener.addresses().getFirst().getPort())) {
        assertThat(client.reply()).startsWith("220 ");
        client.ask("QUIT");
      }
      assertThat(service.log.text())
          .anyMatch(line ->
              line.startsWith(
                  "smtpd: error: unexpected: accepting connections; it is begun again in 1 s:"
                      + " java.lang.IllegalStateException: a bug at "))
          .anyMatch(line -> line.contains("cannot accept a connection: Too many open files"));
      assertThat(listener.close(Duration.ofSeconds(20))).isTrue();
    }
  }

  @Test
  void aSessionThatAnErrorEndsIsSaidAndTakesNobodyWithIt() throws Exception {
    try (SmtpService service = SmtpService.start(Map.of());
        Listener listener =
            new Listener(
                sockets(),
                () -> service.settings,
                (_, _) -> {
                  throw new StackOverflowError();
                },
                ClientNames.withoutLookup(),
                service.log,
                10)) {
      listener.start();
      int port = listener.addresses().getFirst().getPort();
      try (SmtpService.Client other = new SmtpService.Client(port);
          SmtpService.Client client = new SmtpService.Client(port)) {
        other.reply();
        client.reply();
        client.ask("MAIL FROM:<a@b>");
        client.ask("RCPT TO:<root>");
        client.ask("DATA");
        client.send("x\r\n.\r\n");
        assertThat(client.rest()).as("nothing was stored, so nothing is said").isEmpty();
        assertThat(other.ask("NOOP")).startsWith("250 ");
        other.ask("QUIT");
      }
      assertThat(service.log.await("unexpected: ")).contains("java.lang.StackOverflowError");
      assertThat(listener.close(Duration.ofSeconds(20))).as("nobody is counted any more").isTrue();
    }
  }

  @Test
  void aCrowdWaitsOutsideWhenClientsHoldAllTheDescriptorsTheyMay() throws Exception {
    ClientDescriptors two = new ClientDescriptors(2);
    try (SmtpService service = SmtpService.start(Map.of());
        Listener listener =
            new Listener(
                sockets(),
                () -> service.settings,
                service.intake,
                ClientNames.withoutLookup(),
                service.log,
                10,
                two)) {
      listener.start();
      int port = listener.addresses().getFirst().getPort();
      try (SmtpService.Client first = new SmtpService.Client(port);
          SmtpService.Client second = new SmtpService.Client(port);
          SmtpService.Client third = new SmtpService.Client(port);
          SmtpService.Client fourth = new SmtpService.Client(port)) {
        assertThat(first.reply()).startsWith("220 ");
        assertThat(second.reply()).startsWith("220 ");
        assertThat(service.log.await("files that this process may have open"))
            .startsWith("smtpd: warning: 2 clients are connected, which is half of the files");
        assertThat(listener.sessionCount()).isEqualTo(2);

        first.ask("QUIT");
        second.ask("QUIT");

        assertThat(third.reply()).startsWith("220 ");
        assertThat(fourth.reply()).startsWith("220 ");
        third.ask("QUIT");
        fourth.ask("QUIT");
      }
      assertThat(listener.close(Duration.ofSeconds(20))).isTrue();
    }
    // All were given back, or this would wait for ever.
    two.take();
    two.take();
    assertThat(two.takeAtOnce()).isFalse();
  }
}

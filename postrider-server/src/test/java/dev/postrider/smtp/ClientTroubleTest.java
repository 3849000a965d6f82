package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.delivery.MemoryContent;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.spool.StoredMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the postmaster hears of sessions with servers, by notify_classes. */
@Timeout(60)
class ClientTroubleTest {
  private static final String EHLO =
      """
      S: 220 mx.example.net ESMTP
      C: EHLO client.example.com
      S: 250-mx.example.net
      S: 250 PIPELINING
      """;

  private final ClientBench bench = new ClientBench("notify_classes", "protocol");

  @AfterEach
  void end() {
    bench.close();
  }

  private List<String> notices() throws IOException {
    List<String> texts = new ArrayList<>();
    for (StoredMessage message : bench.notices.messages().toList()) {
      try (InputStream in = message.content().open()) {
        texts.add(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return texts;
  }

  private static String refusing(String reply) {
    return EHLO
        + """
        C: MAIL FROM:<a@example.com>
        C: RCPT TO:<b@example.net>
        C: DATA
        S: 250 2.1.0 Ok
        S: %s
        S: 554 5.5.1 no recipients
        """
            .formatted(reply);
  }

  @Test
  void aSyntaxErrorIsToldWithTheWholeSession() throws Exception {
    try (ScriptedServer server = new ScriptedServer(refusing("501 5.1.3 bad address"))) {
      bench.send(server.nextHop());

      String peer = "127.0.0.1[127.0.0.1]:" + server.port();
      assertThat(notices()).hasSize(1);
      assertThat(notices().getFirst())
          .contains("\nSubject: Postrider SMTP client: errors from " + peer + "\n")
          .endsWith(
              """

              Unexpected response from %s.

              Transcript of session follows.

               In:  220 mx.example.net ESMTP
               Out: EHLO client.example.com
               In:  250-mx.example.net
               In:  250 PIPELINING
               Out: MAIL FROM:<a@example.com>
               Out: RCPT TO:<b@example.net>
               Out: DATA
               In:  250 2.1.0 Ok
               In:  501 5.1.3 bad address
               In:  554 5.5.1 no recipients

              For other details, see the local mail logfile
              """
                  .formatted(peer));
    }
  }

  @Test
  void aRefusalOfTheRecipientIsNoTrouble() throws Exception {
    try (ScriptedServer server = new ScriptedServer(refusing("550 5.1.1 no such user"))) {
      bench.send(server.nextHop());

      assertThat(notices()).isEmpty();
    }
  }

  @Test
  void aReplyThatIsNoneIsToldOf() throws Exception {
    try (ScriptedServer server = new ScriptedServer(refusing("garbage"))) {
      bench.send(server.nextHop());

      assertThat(notices().getFirst()).contains("\n In:  garbage\n");
    }
  }

  @Test
  void aServerThatDoesNotGreetIsToldOf() throws Exception {
    try (ScriptedServer server = new ScriptedServer("S: 500 go away\n")) {
      bench.send(server.nextHop());

      assertThat(notices().getFirst()).contains("\n In:  500 go away\n");
    }
  }

  @Test
  void noticesThemselvesMakeNoNotices() throws Exception {
    for (ReversePath sender :
        List.of(
            new ReversePath.Null(),
            ReversePath.of(new Mailbox("double-bounce", "client.example.com")))) {
      try (ScriptedServer server = new ScriptedServer("S: 500 go away\n")) {
        bench.send(
            server.nextHop(),
            MemoryContent.of(ClientBench.MESSAGE),
            Envelope.of(sender, List.of(ClientBench.recipient("b@example.net"))));
      }
    }

    assertThat(notices()).isEmpty();
  }

  @Test
  void nothingIsToldByDefault() throws Exception {
    bench.set("notify_classes", "resource, software");
    try (ScriptedServer server = new ScriptedServer(refusing("501 5.1.3 bad address"))) {
      bench.send(server.nextHop());

      assertThat(notices()).isEmpty();
    }
  }

  @Test
  void noPasswordIsTold() throws Exception {
    bench.set(
        "smtp_sasl_auth_enable", "yes",
        "smtp_sasl_security_options", "noanonymous",
        "smtp_sasl_mechanism_filter", "login");
    bench.passwords.put("127.0.0.1", "me:secret");
    String script =
        """
        S: 220 mx.example.net ESMTP
        C: EHLO client.example.com
        S: 250-mx.example.net
        S: 250-PIPELINING
        S: 250 AUTH LOGIN
        C: AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C: bWU=
        S: 334 UGFzc3dvcmQ6
        C: c2VjcmV0
        S: 235 2.7.0 ok
        C: MAIL FROM:<a@example.com>
        C: RCPT TO:<b@example.net>
        C: DATA
        S: 250 2.1.0 Ok
        S: 501 5.1.3 bad address
        S: 554 5.5.1 no recipients
        """;
    try (ScriptedServer server = new ScriptedServer(script)) {
      bench.send(server.nextHop());

      assertThat(server.faults()).isEmpty();
      assertThat(notices().getFirst())
          .doesNotContain("c2VjcmV0")
          .doesNotContain("secret")
          .doesNotContain("bWU=")
          .contains("\n Out: AUTH LOGIN ********\n In:  334 VXNlcm5hbWU6\n Out: ********\n");
    }
  }
}

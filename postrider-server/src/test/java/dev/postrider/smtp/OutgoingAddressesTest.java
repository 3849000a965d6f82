package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OutgoingAddressesTest {
  private static final String SERVER =
      """
      S: 220 mx.example.net ESMTP
      C: EHLO
      S: 250-mx.example.net
      S: 250 PIPELINING
      C: MAIL
      C: RCPT
      C: DATA
      S: 250 ok
      S: 250 ok
      S: 354 go
      DATA
      S: 250 ok
      """;

  private final ClientBench bench = new ClientBench();

  @AfterEach
  void end() {
    bench.close();
  }

  @Test
  void localAddressesBecomeTheProvidersInEnvelopeAndHeader() throws Exception {
    bench.generic.put("@example.com", "me@provider.test");
    try (ScriptedServer server = new ScriptedServer(SERVER)) {
      String message = "From: A <a@example.com>\nSubject: a@example.com\nTo: b@example.net\n\nhi\n";

      bench.send(server.nextHop(), message, "b@example.net");

      assertThat(server.heard())
          .contains("MAIL FROM:<me@provider.test>", "RCPT TO:<b@example.net>");
      assertThat(server.contents())
          .containsExactly(
              "From: A <me@provider.test>\r\nSubject: a@example.com\r\nTo: b@example.net\r\n"
                  + "\r\nhi\r\n");
    }
  }

  @Test
  void aMessageThatNothingMatchesGoesUntouched() throws Exception {
    bench.generic.put("@elsewhere.test", "me@provider.test");
    try (ScriptedServer server = new ScriptedServer(SERVER)) {
      String message = "From:   A   <a@example.com>\n\n.dot\n";

      bench.send(server.nextHop(), message, "b@example.net");

      assertThat(server.contents()).containsExactly("From:   A   <a@example.com>\r\n\r\n..dot\r\n");
    }
  }

  @Test
  void aProviderThatTakesOneSenderOnlyGetsThatOne() throws Exception {
    bench.senders.put("a@example.com", "me@provider.test");
    bench.senders.put("cron@example.com", "me@provider.test");
    try (ScriptedServer server = new ScriptedServer(SERVER)) {
      String message =
          "From: A <a@example.com>,\n  Cron <cron@example.com>\nSender: cron@example.com\n"
              + "Reply-To: a@example.com\nTo: a@example.com\n\nhi\n";

      bench.send(server.nextHop(), message, "a@example.com");

      assertThat(server.heard())
          .contains("MAIL FROM:<me@provider.test>", "RCPT TO:<a@example.com>");
      assertThat(server.contents().getFirst())
          .isEqualTo(
              "X-Original-From: A <a@example.com>,\r\n  Cron <cron@example.com>\r\n"
                  + "From: A <me@provider.test>, Cron <me@provider.test>\r\n"
                  + "Sender: me@provider.test\r\nReply-To: a@example.com\r\n"
                  + "To: a@example.com\r\n\r\nhi\r\n");
    }
  }

  @Test
  void anAddressIsMadeKnownBeforeItIsReplaced() throws Exception {
    bench.generic.put("a@example.com", "known@example.com");
    bench.senders.put("known@example.com", "me@provider.test");
    try (ScriptedServer server = new ScriptedServer(SERVER)) {
      bench.send(server.nextHop(), "From: a@example.com\n\nhi\n", "b@example.net");

      assertThat(server.heard()).contains("MAIL FROM:<me@provider.test>");
      assertThat(server.contents().getFirst())
          .startsWith("X-Original-From: a@example.com\r\nFrom: me@provider.test\r\n");
    }
  }

  @Test
  void whoIsTheAccountAlreadyIsNotReplaced() throws Exception {
    bench.senders.put("a@example.com", "a@example.com");
    try (ScriptedServer server = new ScriptedServer(SERVER)) {
      String message = "From: A <a@example.com>\n\nhi\n";

      bench.send(server.nextHop(), message, "b@example.net");

      assertThat(server.contents()).containsExactly("From: A <a@example.com>\r\n\r\nhi\r\n");
    }
  }

  @Test
  void eightBitBodyIsConvertedForAServerWithout8BitMime() throws Exception {
    try (ScriptedServer server = new ScriptedServer(SERVER)) {
      String message =
          "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
              + "Content-Transfer-Encoding: 8bit\n\ngrüße\n";

      String fate =
          ClientBench.line(bench.send(server.nextHop(), message, "b@example.net").getFirst());

      assertThat(fate).startsWith("sent");
      assertThat(server.contents().getFirst())
          .contains("quoted-printable")
          .contains("gr=C3=BC=C3=9Fe");
    }
  }
}

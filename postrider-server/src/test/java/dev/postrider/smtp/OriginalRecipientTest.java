package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.MemoryContent;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Original recipients beyond ASCII, on their way to the next server. */
@Timeout(60)
class OriginalRecipientTest {
  private final ClientBench bench = new ClientBench();

  @AfterEach
  void end() {
    bench.close();
  }

  @Test
  void anOriginalRecipientBeyondAsciiIsPassedOnInAscii() throws Exception { // RFC 6533 §3
    Mailbox ascii = new Mailbox("b", "example.net");
    Mailbox beyond = new Mailbox("j\u00f6rg+x", "example.net");
    String given = "utf-8;j\u00f6rg+x@example.net";
    for (Recipient recipient :
        List.of(
            new Recipient(ascii, ascii, new DsnRequest(Set.of(), given)),
            new Recipient(ascii, beyond, DsnRequest.DEFAULT))) {
      try (ScriptedServer server =
          new ScriptedServer(
              SmtpTransportTest.PIPELINING
                  + """
                  C: MAIL FROM:<a@example.com>
                  C: RCPT TO:<b@example.net> ORCPT=utf-8;j\\x{F6}rg\\x{2B}x@example.net
                  C: DATA
                  S: 250 ok
                  S: 250 ok
                  S: 354 go
                  DATA
                  S: 250 ok
                  """)) {
        DeliveryStatus status =
            bench
                .send(
                    server.nextHop(),
                    MemoryContent.of(ClientBench.MESSAGE),
                    Envelope.of(
                        ReversePath.of(new Mailbox("a", "example.com")), List.of(recipient)))
                .getFirst();

        assertThat(status).isInstanceOf(DeliveryStatus.Sent.class);
        assertThat(server.faults()).isEmpty();
      }
    }
  }
}

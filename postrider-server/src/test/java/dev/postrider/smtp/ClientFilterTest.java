package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.delivery.DeliveryStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What tables of main.cf make of what servers say. */
@Timeout(60)
class ClientFilterTest {
  private final ClientBench bench = new ClientBench();

  @AfterEach
  void end() {
    bench.close();
  }

  private DeliveryStatus against(String script) throws Exception {
    try (ScriptedServer server = new ScriptedServer(script)) {
      DeliveryStatus status = bench.send(server.nextHop());
      server.settle();
      assertThat(server.faults()).isEmpty();
      return status;
    }
  }

  @Test
  void aRefusalIsReadAsTheFilterWantsIt() throws Exception {
    bench.set(
        "smtp_reply_filter", "pcre:{{/^554-(.*)$$/ 454-$$1}, {/^554 .*nuisance/ 454 4.7.1 later}}");
    DeliveryStatus status =
        against(
            SmtpTransportTest.PIPELINING
                + """
                C: MAIL FROM:<a@example.com>
                C: RCPT TO:<b@example.net>
                C: DATA
                S: 250 2.1.0 Ok
                S: 554-5.7.1 go away
                S: 554 5.7.1 you nuisance
                S: 503 no
                """);

    assertThat(ClientBench.line(status)).startsWith("deferred 4.0.0 (host ");
    assertThat(status.text())
        .contains(" said: 454-5.7.1 go away 454 4.7.1 later (in reply to RCPT");
    assertThat(bench.log.text())
        .anyMatch(line ->
            line.contains(
                ": replacing server reply \"554 5.7.1 you nuisance\" with \"454 4.7.1 later\""));
  }

  @Test
  void aFeatureCanBeTakenOutOfTheAnnouncement() throws Exception {
    bench.set("smtp_reply_filter", "pcre:{{/^250-SIZE .*$$/ 250-X-NOTHING}}");
    DeliveryStatus status =
        against(
            SmtpTransportTest.PIPELINING.replace("SIZE 10000", "SIZE 10")
                + """
                C: MAIL FROM:<a@example.com>
                C: RCPT TO:<b@example.net>
                C: DATA
                S: 250 2.1.0 Ok
                S: 250 2.1.5 Ok
                S: 354 go on
                DATA
                S: 250 2.0.0 Ok
                """);

    assertThat(status).isInstanceOf(DeliveryStatus.Sent.class);
  }

  @Test
  void withoutAnAnswerOfTheTableMailWaits() throws Exception {
    bench.set("smtp_reply_filter", "fail:down");
    DeliveryStatus status = against("S: 220 hello\n");

    assertThat(ClientBench.line(status))
        .startsWith("deferred 4.3.0 (local data error while talking to 127.0.0.1[127.0.0.1]");
  }
}

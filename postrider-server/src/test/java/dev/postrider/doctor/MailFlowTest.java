package dev.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.event.EventReader;
import dev.postrider.spool.QueueId;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MailFlowTest {
  @TempDir Path queue;

  private MailFlow read(String... lines) throws Exception {
    Path events = Files.createDirectories(queue.resolve("events"));
    Files.writeString(events.resolve("0000000001.jsonl"), String.join("\n", lines) + "\n");
    return MailFlow.read(new EventReader(queue), Installation.NOW);
  }

  private static String event(String time, String rest) {
    return "{\"time\":\"2026-11-" + time + "Z\"," + rest + "}";
  }

  @Test
  void theHourAndTheDayAreCounted() throws Exception {
    MailFlow flow =
        read(
            event("25T09:00:00.000", "\"event\":\"attempt\",\"id\":\"1\",\"status\":\"sent\""),
            event("26T13:00:00.000", "\"event\":\"accepted\",\"id\":\"1\""),
            event("26T13:00:01.000", "\"event\":\"attempt\",\"id\":\"1\",\"status\":\"sent\""),
            event("27T11:30:00.000", "\"event\":\"attempt\",\"id\":\"2\",\"status\":\"deferred\""),
            event("27T11:40:00.000", "\"event\":\"attempt\",\"id\":\"2\",\"status\":\"bounced\""));

    assertThat(flow.day().accepted()).isEqualTo(1);
    assertThat(flow.day().delivered()).isEqualTo(1);
    assertThat(flow.day().deferred()).isEqualTo(1);
    assertThat(flow.hour().delivered()).isZero();
    assertThat(flow.hour().bounced()).isEqualTo(1);
    assertThat(flow.lastDelivery()).hasToString("Optional[2026-11-26T13:00:01Z]");
  }

  @Test
  void theNextAttemptIsTheEarliestOfThoseThatStillWait() throws Exception {
    String first = new QueueId(1_795_777_200_000_000L).print(/* longForm= */ false);
    String second = new QueueId(1_795_777_201_000_000L).print(/* longForm= */ true);
    MailFlow flow =
        read(
            event(
                "27T11:00:00.000",
                "\"event\":\"deferred\",\"id\":\""
                    + first
                    + "\",\"until\":\"2026-11-27T12:05:00Z\""),
            event(
                "27T11:00:01.000",
                "\"event\":\"deferred\",\"id\":\""
                    + second
                    + "\",\"until\":\"2026-11-27T12:20:00Z\""),
            event(
                "27T11:50:00.000",
                "\"event\":\"end\",\"id\":\"" + first + "\",\"how\":\"delivered\""));

    assertThat(flow.nextAttempt()).hasToString("Optional[2026-11-27T12:20:00Z]");
  }
}

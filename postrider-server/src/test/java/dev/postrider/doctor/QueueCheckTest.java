package dev.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.control.QueueEntry;
import dev.postrider.failure.FailureRules;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueueCheckTest {
  @TempDir Path directory;

  private final List<QueueEntry> queue = new ArrayList<>();

  private void message(String where, Duration age, String to, String reason) {
    queue.add(
        new QueueEntry(
            where,
            false,
            "id" + queue.size(),
            Installation.NOW.minus(age),
            1000,
            "root@host.home.test",
            List.of(new QueueEntry.Waiting("", to, reason))));
  }

  private String said() throws Exception {
    return Installation.said(
        new QueueCheck(
            new Installation(directory).subject(),
            queue::forEach,
            () -> Installation.NOW,
            FailureRules.shipped()));
  }

  @Test
  void anEmptyQueueIsWell() throws Exception {
    assertThat(said()).startsWith("ok queue: 0 messages");
  }

  @Test
  void mailThatWaitsForMinutesIsOnlyNoted() throws Exception {
    message("deferred", Duration.ofMinutes(5), "a@example.com", "timed out");

    assertThat(said()).startsWith("note mail-deferred: 1 recipient at example.com waits");
  }

  @Test
  void aRefusedLoginIsToldAtOnce() throws Exception {
    message(
        "deferred",
        Duration.ofMinutes(5),
        "a@example.com",
        "SASL authentication failed; server smtp.example.com[192.0.2.1] said: 535 5.7.8 no");

    assertThat(said()).startsWith("warning mail-deferred: ").contains("said: 535 5.7.8 no");
  }

  @Test
  void mailThatWaitsForHoursIsToldByItsReason() throws Exception {
    message("deferred", Duration.ofHours(3), "a@example.com", "mx said: 450 <a@example.com> later");
    message("deferred", Duration.ofHours(2), "b@example.org", "mx said: 450 <b@example.org> later");
    message("hold", Duration.ofHours(1), "c@example.com", "");

    assertThat(said())
        .contains("note held-mail: 1 message is on hold")
        .contains(
            "warning mail-deferred: 2 recipients at example.com, example.org wait, the oldest for 3"
                + " hours: mx said: 450 <a@example.com> later | when the cause is gone: postqueue");
  }

  @Test
  void mailThatIsAboutToBeReturnedIsAnError() throws Exception {
    message("deferred", Duration.ofHours(100), "a@example.com", "timed out");

    assertThat(said()).startsWith("error mail-deferred: ").contains("the oldest for 4 days");
  }

  @Test
  void whatARuleKnowsIsSaidInPlainWordsAndMended() throws Exception {
    message(
        "deferred",
        Duration.ofMinutes(5),
        "a@example.com",
        "connect to smtp.example.com[192.0.2.1]:587: Connection timed out");
    message(
        "hold",
        Duration.ofHours(1),
        "c@example.com",
        "host smtp.mail.me.com[192.0.2.1] said: 550 5.7.0 From address is not one of your addresses"
            + " (in reply to MAIL FROM command)");

    assertThat(said())
        .contains("warning mail-deferred: 1 recipient at example.com waits, the oldest for 5")
        .contains("| Check relayhost; try port 465", " Then: postqueue -c ")
        .contains("warning mail-held: 1 recipient at example.com on hold: host smtp.mail.me.com")
        .contains("| Rewrite the sender with smtp_generic_maps");
  }
}

package dev.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.account.AccountAlarm;
import dev.postrider.account.AccountName;
import dev.postrider.control.QueueEntry;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusReportTest {
  private static final DaemonState RUNNING =
      new DaemonState(
          Optional.of(42L), Optional.of(Installation.NOW), Optional.empty(), Optional.empty());
  private static final Room ROOM = new Room(50_000_000_000L, 80_000_000_000L, -1);

  @TempDir Path directory;
  private List<WaitingAccount> accounts = List.of();

  private List<AccountAlarm> alarms = List.of();

  private StatusReport report(DaemonState daemon, StuckMail stuck, Room room) throws Exception {
    return new StatusReport(
        new Installation(directory).subject().config(),
        Installation.NOW,
        daemon,
        null,
        "there is no event log",
        stuck,
        "",
        accounts,
        room,
        alarms);
  }

  private static StuckMail waiting(Duration age) {
    StuckMail stuck = new StuckMail();
    stuck.add(
        new QueueEntry(
            "deferred",
            false,
            "id",
            Installation.NOW.minus(age),
            1000,
            "",
            List.of(new QueueEntry.Waiting("", "a@example.com", "Connection refused"))));
    return stuck;
  }

  private static String text(StatusReport report) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8)) {
      report.print(print, ZoneOffset.UTC);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void anEmptyQueueThatIsServedIsWell() throws Exception {
    StatusReport report = report(RUNNING, new StuckMail(), ROOM);

    assertThat(report.verdict()).isEqualTo(Severity.OK);
    assertThat(text(report))
        .isEqualTo(
            """
            running:   yes, process 42, since 2026-11-27 12:00
            flow:      not known: there is no event log
            queue:     0 messages, 0 kB; 0 deferred, 0 on hold, 0 not taken yet
            disk:      50.0 GB free of 80.0 GB
            """);
  }

  @Test
  void whatIsStuckIsToldWithItsReason() throws Exception {
    StatusReport report = report(RUNNING, waiting(Duration.ofHours(2)), ROOM);

    assertThat(report.verdict()).isEqualTo(Severity.WARNING);
    assertThat(text(report))
        .contains(
            "  since 2026-11-27 10:00, 1 recipient at example.com:\n    Connection refused\n");
    assertThat(report.json())
        .contains(
            "\"stuck\":[{\"since\":\"2026-11-27T10:00:00Z\",\"recipients\":1,\"domains\":[\"example.com\"],"
                + "\"reason\":\"Connection refused\"}]");
  }

  @Test
  void mailThatWaitsForMinutesIsNoAlarm() throws Exception {
    assertThat(report(RUNNING, waiting(Duration.ofMinutes(20)), ROOM).verdict())
        .isEqualTo(Severity.OK);
  }

  @Test
  void nothingFlowsWithoutADaemonOrRoom() throws Exception {
    assertThat(report(DaemonState.stopped(), new StuckMail(), ROOM).verdict())
        .isEqualTo(Severity.ERROR);
    assertThat(report(RUNNING, new StuckMail(), new Room(1000, 80_000_000_000L, -1)).verdict())
        .isEqualTo(Severity.ERROR);
  }

  @Test
  void anAccountThatMailWaitsForIsToldWithTheTimeThatItTakes() throws Exception {
    accounts =
        List.of(
            new WaitingAccount(
                "me@gmail.com at smtp.gmail.com",
                "has a limit",
                10,
                12,
                Optional.of(Installation.NOW.plus(Duration.ofHours(7)))));
    StatusReport report = report(RUNNING, waiting(Duration.ofMinutes(2)), ROOM);

    assertThat(text(report))
        .contains(
            "account:   me@gmail.com at smtp.gmail.com has a limit: 10 messages to 12 recipients"
                + " wait, all gone at about 2026-11-27 19:00\n");
    assertThat(report.json())
        .contains(
            "\"accounts\":[{\"account\":\"me@gmail.com at smtp.gmail.com\",\"state\":\"has a limit\","
                + "\"messages\":10,\"recipients\":12,\"gone_at\":\"2026-11-27T19:00:00Z\"}]");
  }

  @Test
  void anAccountThatWaitsForAPersonIsToldAbove() throws Exception {
    alarms =
        List.of(
            new AccountAlarm(
                new AccountName("me", "smtp.example.com"),
                "needs a login",
                Installation.NOW,
                "pretend said invalid_grant",
                "postrider login me"));
    StatusReport report = report(RUNNING, new StuckMail(), ROOM);

    assertThat(report.verdict()).isEqualTo(Severity.WARNING);
    assertThat(text(report))
        .contains(
            "alarm:     account me at smtp.example.com needs a login, and its mail waits: pretend"
                + " said invalid_grant (since 2026-11-27 12:00)\n    do: postrider login me\n");
    assertThat(report.json())
        .contains(
            "\"alarms\":[{\"account\":\"me at smtp.example.com\",\"since\":\"2026-11-27T12:00:00Z\"",
            "\"do\":\"postrider login me\"");
  }
}

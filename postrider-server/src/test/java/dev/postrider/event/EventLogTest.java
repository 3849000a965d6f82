package dev.postrider.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.log.RememberedLog;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.spool.Draft;
import dev.postrider.spool.QueueId;
import dev.postrider.spool.RamSpool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of an event log: what is written, what a crash leaves, what rotation keeps. */
class EventLogTest {
  private static final Instant NOW = Instant.parse("2026-11-25T04:40:00.123Z");

  @TempDir Path directory;
  private final RememberedLog log = new RememberedLog();
  private final RamSpool spool = new RamSpool(() -> NOW.plusSeconds(60));

  private EventLog.Settings settings(long fileBytes, long totalBytes) {
    return new EventLog.Settings(directory, fileBytes, totalBytes, false, "test", "1.0");
  }

  private EventLog open() {
    return EventLog.open(settings(1 << 20, 1 << 24), spool, 0, log, () -> NOW);
  }

  private static Event.Accepted accepted(QueueId id, int recipients, String messageId) {
    return new Event.Accepted(
        id,
        new Event.Source.Client("host.test", "192.0.2.1", "ESMTP", null),
        "a@x.test",
        recipients,
        List.of("b@y.test"),
        1234,
        messageId);
  }

  private static QueueId id(int number) {
    return new QueueId(NOW.toEpochMilli() * 1000 + 60_000_000L + number);
  }

  private List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    new EventReader(directory).read(line -> lines.add(line.toString()));
    return lines;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(directory.resolve("events"))) {
      return all.sorted().toList();
    }
  }

  @Test
  void anEventIsALineOfJson() throws IOException {
    try (EventLog events = open()) {
      events.record(accepted(id(1), 1, "<1@x.test>"));
    }

    assertThat(lines())
        .element(1)
        .isEqualTo(
            "{\"time\":\"2026-11-25T04:40:00.123Z\",\"event\":\"accepted\",\"id\":\""
                + id(1).shortForm()
                + "\",\"from\":\"client\",\"client\":\"host.test[192.0.2.1]\",\"protocol\":\"ESMTP\","
                + "\"sender\":\"a@x.test\",\"recipients\":1,\"to\":[\"b@y.test\"],\"size\":1234,"
                + "\"message_id\":\"<1@x.test>\"}");
    assertThat(lines()).first().asString().contains("\"event\":\"start\"", "\"after\":\"none\"");
    assertThat(lines()).last().asString().contains("\"event\":\"stop\"");
  }

  @Test
  void theFilesAreForTheirOwnerOnly() throws IOException {
    open().close();

    assertThat(Files.getAttribute(directory.resolve("events"), "unix:mode")).isEqualTo(040700);
    assertThat(Files.getAttribute(files().getFirst(), "unix:mode")).isEqualTo(0100600);
  }

  @Test
  void whateverATextHoldsALineStaysALineAndReadsBackTheSame() throws IOException {
    Random random = new Random(7);
    List<String> texts = new ArrayList<>(List.of("\"\\", "a\nb\r\t\0", "é€😀", "\u0085\u2028"));
    for (int i = 0; i < 500; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(30); j > 0; j--) {
        text.append((char) random.nextInt(random.nextBoolean() ? 0x80 : 0x10000));
      }
      texts.add(text.toString());
    }
    try (EventLog events = open()) {
      texts.forEach(text -> events.record(accepted(id(1), 1, text)));
    }

    List<String> read = new ArrayList<>();
    new EventReader(directory)
        .read(
            new EventReader.Visitor() {
              @Override
              public void line(EventLine line) {
                if (line.is("event", "accepted")) {
                  read.add(line.word("message_id"));
                }
              }

              @Override
              public void damaged(Path file, long offset) {
                read.add("damaged at " + offset);
              }
            });
    assertThat(read).isEqualTo(texts);
    for (String line : Files.readAllLines(files().getFirst(), StandardCharsets.UTF_8)) {
      assertThat(line.chars()).noneMatch(c -> c < ' ' || (c >= 0x7f && c < 0xa0));
    }
  }

  @Test
  void aLongTextIsCut() throws IOException {
    try (EventLog events = open()) {
      events.record(accepted(id(1), 1, "x".repeat(100_000)));
    }

    assertThat(lines()).element(1).asString().hasSizeLessThan(1_500).contains("xxx...\"");
  }

  @Test
  void rotationKeepsWholeLinesAndBoundsTheWhole() throws IOException {
    try (EventLog events = EventLog.open(settings(70_000, 300_000), spool, 0, log, () -> NOW)) {
      for (int i = 1; i <= 10_000; i++) {
        events.record(accepted(id(i), 1, "<" + i + "@x.test>"));
      }
    }

    long total = 0;
    for (Path file : files()) {
      String text = Files.readString(file);
      assertThat(text).startsWith("{").endsWith("}\n");
      total += text.length();
    }
    assertThat(files()).hasSizeGreaterThan(1);
    assertThat(total).isLessThan(300_000 + 140_000);
    List<Long> ids = new ArrayList<>();
    new EventReader(directory)
        .read(line -> {
          if (line.is("event", "accepted")) {
            ids.add(line.id().orElseThrow().micros());
          }
        });
    assertThat(ids).isSorted().endsWith(id(10_000).micros());
    for (int i = 1; i < ids.size(); i++) {
      assertThat(ids.get(i)).isEqualTo(ids.get(i - 1) + 1);
    }
  }

  @Test
  void whereverACrashCutsTheFileTheNextStartGoesOnWithWholeLines() throws IOException {
    try (EventLog events = open()) {
      events.record(accepted(id(1), 1, "<1@x.test>"));
      events.record(sent(id(1), 0));
      events.record(new Event.Ended(id(1), Event.Ending.DELIVERED));
    }
    byte[] whole = Files.readAllBytes(files().getFirst());
    int start = new String(whole, StandardCharsets.UTF_8).indexOf('\n') + 1;
    for (int length = start; length < whole.length; length++) {
      Files.write(files().getFirst(), java.util.Arrays.copyOf(whole, length));

      open().close();

      Ledger ledger = new Ledger();
      List<Long> damaged = new ArrayList<>();
      new EventReader(directory)
          .read(
              new EventReader.Visitor() {
                @Override
                public void line(EventLine line) {
                  ledger.take(line);
                }

                @Override
                public void damaged(Path file, long offset) {
                  damaged.add(offset);
                }
              });
      assertThat(damaged).as("cut at " + length).isEmpty();
      assertThat(ledger.countOf("crash")).as("cut at " + length).isEqualTo(1);
      assertThat(ledger.fault(id(1), false)).as("cut at " + length).isNull();
      assertThat(ledger.findings()).as("cut at " + length).isEmpty();
    }
  }

  @Test
  void afterACrashTheLogIsToldWhatTheSpoolKnows() throws IOException {
    QueueId found = store("b@y.test").id();
    QueueId back = store("b@y.test").id();
    QueueId further = store("b@y.test", "c@y.test").id();
    spool.done(further, 1);
    QueueId gone = id(5);
    EventLog crashed = open();
    crashed.record(accepted(back, 1, ""));
    crashed.record(sent(back, 0));
    crashed.record(new Event.Ended(back, Event.Ending.DELIVERED));
    crashed.record(accepted(further, 2, ""));
    crashed.record(accepted(gone, 1, ""));
    crashed.close();
    dropLastLine();

    EventLog next = open();
    next.record(sent(back, 0));
    next.record(new Event.Ended(back, Event.Ending.DELIVERED));
    next.record(sent(further, 0));
    next.record(new Event.Ended(further, Event.Ending.DELIVERED));
    next.record(sent(found, 0));
    next.close();

    Ledger ledger = new Ledger();
    new EventReader(directory).read(ledger::take);
    assertThat(ledger.countOf("recovered found")).isEqualTo(1);
    assertThat(ledger.countOf("recovered back")).isEqualTo(1);
    assertThat(ledger.countOf("recovered further")).isEqualTo(1);
    assertThat(ledger.countOf("gone")).isEqualTo(1);
    assertThat(ledger.countOf("repeated")).isEqualTo(1);
    assertThat(ledger.fault(found, true)).isNull();
    assertThat(ledger.fault(back, false)).isNull();
    assertThat(ledger.fault(further, false)).isNull();
    assertThat(ledger.fault(gone, false)).isNull();
    assertThat(ledger.findings()).isEmpty();
  }

  @Test
  void aDirectoryThatCannotBeWrittenLosesEventsAndSaysSoOnce() throws IOException {
    Files.writeString(directory.resolve("events"), "in the way");
    try (EventLog events = open()) {
      for (int i = 0; i < 100; i++) {
        events.record(accepted(id(i), 1, ""));
      }
    }

    assertThat(log.text()).filteredOn(line -> line.contains("events are lost")).hasSize(1);
  }

  @Test
  void whenTheDiskTakesThemAgainEventsAreWrittenAndTheLostAreCounted() throws IOException {
    Path inTheWay = directory.resolve("events");
    Files.writeString(inTheWay, "");
    try (EventLog events = open()) {
      events.record(accepted(id(1), 1, ""));
      await("the failure to be said", "events are lost");
      Files.delete(inTheWay);
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (!Files.exists(inTheWay) && System.nanoTime() < end) {
        events.record(new Event.Changed(id(2), Event.Change.HELD, "test"));
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      }
      await("the recovery to be said", "written again");
    }

    assertThat(lines()).anyMatch(line -> line.contains("\"event\":\"lost\",\"count\":"));
    assertThat(lines()).last().asString().contains("\"event\":\"stop\"");
  }

  private void await(String what, String text) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (log.text().stream().noneMatch(line -> line.contains(text))) {
      assertThat(System.nanoTime()).as("waited in vain for " + what).isLessThan(end);
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  @Test
  void whatIsSwitchedOffSaysSoAndTheNextStartAsksTheSpool() throws IOException {
    open().close();
    EventLog.switchOff(settings(1 << 20, 1 << 24), log, () -> NOW);
    QueueId found = store("b@y.test").id();

    open().close();

    Ledger ledger = new Ledger();
    new EventReader(directory).read(ledger::take);
    assertThat(ledger.countOf("off")).isEqualTo(1);
    assertThat(ledger.fault(found, true)).isNull();
    assertThat(ledger.countOf("recovered found")).isEqualTo(1);
  }

  private void dropLastLine() throws IOException {
    String text = Files.readString(files().getLast());
    Files.writeString(
        files().getLast(), text.substring(0, text.lastIndexOf('\n', text.length() - 2) + 1));
  }

  static Event.Attempt sent(QueueId id, int recipient) {
    return new Event.Attempt(
        id,
        recipient,
        "b@y.test",
        "b@y.test",
        "sent",
        "smtp",
        "mx[192.0.2.2]:25",
        "2.0.0",
        "ok",
        5);
  }

  private dev.postrider.spool.StoredMessage store(String... recipients) throws IOException {
    List<Recipient> list = new ArrayList<>();
    for (String each : recipients) {
      int at = each.indexOf('@');
      list.add(Recipient.of(new Mailbox(each.substring(0, at), each.substring(at + 1))));
    }
    try (Draft draft = spool.draft()) {
      return draft.commit(Envelope.of(ReversePath.of(new Mailbox("a", "x.test")), list));
    }
  }

  @Test
  void numbersArePrintedAsRanges() {
    BitSet numbers = new BitSet();
    numbers.set(0, 5);
    numbers.set(7);

    assertThat(Ranges.print(numbers)).isEqualTo("0-4,7");
    assertThat(Ranges.parse("0-4,7")).isEqualTo(numbers);
    assertThat(Ranges.parse("")).isEqualTo(new BitSet());
    assertThat(Ranges.parse("?")).isNull();
    assertThat(Ranges.parse("4-2")).isNull();
  }

  @Test
  void aLineThatIsNoEventIsNone() {
    EventLine line = new EventLine();
    for (String text :
        List.of(
            "",
            "{}",
            "{\"time\":\"x\"}",
            "{\"time\":\"x\",\"event\":\"y\"",
            "{\"time\":\"x\",\"event\":\"y}",
            "{\"time\":\"x\",\"event\":}",
            "{\"time\":\"x\",\"event\":\"y\",}",
            "{\"time\":\"x\",\"event\":\"y\"}{\"a\":1}",
            "[\"time\",\"event\"]")) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      assertThat(line.take(bytes, 0, bytes.length)).as(text).isFalse();
    }
  }

  @Test
  void aBugInTheWriterLosesEventsAndTheyAreCounted() throws Exception {
    AtomicInteger bugs = new AtomicInteger();
    InstantSource clock =
        () -> {
          if (Thread.currentThread().getName().equals("events") && bugs.getAndDecrement() > 0) {
            throw new StackOverflowError("for the test");
          }
          return NOW;
        };
    try (EventLog events = EventLog.open(settings(1 << 20, 1 << 24), spool, 0, log, clock)) {
      events.record(accepted(id(1), 1, "<1@x.test>"));
      while (lines().size() < 2) {
        Thread.onSpinWait();
      }
      bugs.set(1);
      events.record(accepted(id(2), 1, "<2@x.test>"));
      log.await("event log: 1 events are lost, it goes on: java.lang.StackOverflowError");
      events.record(accepted(id(3), 1, "<3@x.test>"));
    }

    assertThat(lines()).noneMatch(line -> line.contains("<2@x.test>"));
    assertThat(lines()).anyMatch(line -> line.contains("<3@x.test>"));
    assertThat(lines()).anyMatch(line -> line.contains("\"event\":\"lost\",\"count\":1"));
    assertThat(lines()).anyMatch(line -> line.contains("\"event\":\"stop\""));
  }
}

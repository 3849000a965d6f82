package dev.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.control.QueueEntry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueueCommandTest {
  private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

  @TempDir Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private static QueueEntry entry(
      String queue, String id, Duration age, String sender, QueueEntry.Waiting... waiting) {
    return new QueueEntry(queue, false, id, NOW.minus(age), 300, sender, List.of(waiting));
  }

  private static QueueEntry.Waiting to(String address, String reason) {
    return new QueueEntry.Waiting("", address, reason);
  }

  private static final List<QueueEntry> QUEUE =
      List.of(
          entry(
              "deferred",
              "OLD",
              Duration.ofDays(2),
              "news@here.test",
              to("a@One.test", "connect to one.test: Connection refused"),
              to("b@two.test", "host two.test said: 451 later")),
          entry("hold", "HELD", Duration.ofMinutes(30), "", to("c@one.test", "")),
          entry("active", "NEW", Duration.ofSeconds(1), "root@here.test", to("d@two.test", "")));

  private int run(String... arguments) throws IOException {
    Path queue = directory.resolve("q");
    Files.createDirectories(queue.resolve("spool"));
    Files.writeString(directory.resolve("main.cf"), "queue_directory = " + queue + "\n");
    PrintStream stdout = new PrintStream(out, true, StandardCharsets.UTF_8);
    PrintStream stderr = new PrintStream(err, true, StandardCharsets.UTF_8);
    QueueReader reader = new QueueReader((config, entries) -> QUEUE.forEach(entries));
    return new QueueCommand(reader, () -> NOW)
        .run(
            new Invocation(
                "queue",
                List.of(arguments),
                Map.of("MAIL_CONFIG", directory.toString()),
                InputStream.nullInputStream(),
                stdout,
                stderr));
  }

  @ParameterizedTest
  @ValueSource(strings = {"queue list", "queue list --json", "postqueue -p", "postqueue -j"})
  void aListingEndsWhenNobodyReadsItAnyMore(String line) throws IOException, InterruptedException {
    Path queue = directory.resolve("q");
    Files.createDirectories(queue.resolve("spool"));
    Files.writeString(directory.resolve("main.cf"), "queue_directory = " + queue + "\n");
    PipedInputStream head = new PipedInputStream();
    PrintStream stdout =
        new PrintStream(new PipedOutputStream(head), false, StandardCharsets.UTF_8);
    head.close();
    AtomicInteger asked = new AtomicInteger();
    QueueReader reader =
        new QueueReader((config, entries) -> {
          for (int i = 0; i < 1_000_000; i++) {
            asked.incrementAndGet();
            entries.accept(QUEUE.getFirst());
          }
        });
    List<String> words = List.of(line.split(" "));
    Command command =
        words.getFirst().equals("queue")
            ? new QueueCommand(reader, () -> NOW)
            : new Postqueue(reader, java.time.InstantSource.system());

    int code =
        command.run(
            new Invocation(
                words.getFirst(),
                words.subList(1, words.size()),
                Map.of("MAIL_CONFIG", directory.toString()),
                InputStream.nullInputStream(),
                stdout,
                new PrintStream(err, true, StandardCharsets.UTF_8)));

    // As a shell reports SIGPIPE.
    assertThat(code).isEqualTo(141);
    assertThat(asked).hasValueLessThan(10_000);
    assertThat(err.toString(StandardCharsets.UTF_8)).doesNotContain("fatal");
  }

  private List<String> ids() {
    return out.toString(StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.replaceFirst(".*\"queue_id\": \"(\\w+)\".*", "$1"))
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "--sender news@here.test     | OLD",
        "--sender *@HERE.test        | OLD NEW",
        "--sender <>                 | HELD",
        "--recipient c@one.test      | HELD",
        "--recipient *@one.test      | OLD HELD",
        "--domain ONE.test           | OLD HELD",
        "--reason refused            | OLD",
        "--older 1h                  | OLD",
        "--older 20m                 | OLD HELD",
        "--queue active              | NEW",
        "--queue deferred --domain two.test | OLD",
        "--domain one.test --reason later   | ``"
      })
  void conditionsChooseMessages(String options, String ids) throws IOException {
    assertThat(run(("list --json " + options).split(" "))).isZero();

    assertThat(String.join(" ", ids())).isEqualTo(ids);
  }

  @Test
  void aListLooksLikeMailq() throws IOException {
    assertThat(run("list", "--queue", "hold")).isZero();

    assertThat(out.toString(StandardCharsets.UTF_8))
        .startsWith("-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\nHELD!")
        .endsWith("\n-- 0 Kbytes in 1 Request.\n");
  }

  @Test
  void theShapeCountsRecipientsByDomainAndAge() throws IOException {
    assertThat(run("shape")).isZero();

    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            """
                         T     5    10    20    40    80   160   320   640  1280 1280+
               TOTAL     4     1     0     0     1     0     0     0     0     0     2
            one.test     2     0     0     0     1     0     0     0     0     0     1
            two.test     2     1     0     0     0     0     0     0     0     0     1
            """
                .indent(0));
  }

  @Test
  void theShapeOfSendersCountsMessages() throws IOException {
    assertThat(run("shape", "--senders", "--domain", "two.test")).isZero();

    assertThat(out.toString(StandardCharsets.UTF_8).lines().skip(1))
        .containsExactly(
            "    TOTAL     2     1     0     0     0     0     0     0     0     0     1",
            "here.test     2     1     0     0     0     0     0     0     0     0     1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "                 | say what: list or shape",
        "shapes           | \"shapes\": use list or shape",
        "list --older     | --older needs a value",
        "list --older 5q  | --older 5q: bad time (use a number and s, m, h, d or w)",
        "list --queue x   | --queue x: use incoming, active, deferred, hold or maildrop",
        "list --senders   | --senders: there is no such option",
        "shape extra      | extra: there is no such option"
      })
  void mistakesAreNamed(String arguments, String words) throws IOException {
    assertThat(run(arguments == null ? new String[0] : arguments.split(" "))).isEqualTo(64);

    assertThat(err.toString(StandardCharsets.UTF_8)).contains("postrider queue: " + words + "\n");
  }
}

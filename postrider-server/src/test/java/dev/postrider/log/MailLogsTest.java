package dev.postrider.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class MailLogsTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-20T09:21:28.5Z"));
  private static final long PID = ProcessHandle.current().pid();

  @TempDir private Path directory;

  @Test
  void aFileLineIsPostfixs() throws IOException {
    Path file = directory.resolve("maillog");
    try (OwnedLog log = logs().open(new LogTarget.File(file), "postfix")) {
      log.info("smtp", "4bXyZk1: removed");
      log.warning("relay/smtp", "no host");
      log.error("", "by hand");
    }

    String head = "Nov 20 09:21:28 mail postfix";
    assertThat(Files.readAllLines(file))
        .containsExactly(
            head + "/smtp[" + PID + "]: 4bXyZk1: removed",
            head + "/relay/smtp[" + PID + "]: warning: no host",
            head + "[" + PID + "]: error: by hand");
  }

  @Test
  void aDayOfOneDigitIsPaddedWithSpace() {
    InstantSource clock = InstantSource.fixed(Instant.parse("2026-03-05T01:02:03Z"));

    assertThat(new LogStamp(clock, ZoneOffset.UTC).now()).isEqualTo("Mar  5 01:02:03");
  }

  @Test
  void noTextCanForgeALineAndLongOnesAreCut() throws IOException {
    Path file = directory.resolve("maillog");
    try (OwnedLog log = logs().open(new LogTarget.File(file), "postfix")) {
      log.info("smtpd", "a\nNov 20 x\r\0\u001b[1m\u0085\u2028é");
      log.info("smtpd", "x".repeat(100_000));
    }

    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(2);
    assertThat(lines.getFirst()).endsWith("]: a?Nov 20 x???[1m??é");
    assertThat(lines.getLast()).hasSizeLessThan(2_100);
  }

  @Test
  void everyLineOfManyThreadsIsWrittenWholeAndInOrder() throws Exception {
    Path file = directory.resolve("maillog");
    int threads = 8;
    int each = 20_000;
    try (OwnedLog log = logs().open(new LogTarget.File(file), "postfix")) {
      List<Thread> running = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        String process = "t" + t;
        running.add(
            Thread.ofVirtual()
                .start(() -> {
                  for (int i = 0; i < each; i++) {
                    log.info(process, "line " + i);
                  }
                }));
      }
      for (Thread thread : running) {
        thread.join();
      }
    }

    int[] next = new int[threads];
    try (var lines = Files.lines(file)) {
      lines.forEach(line -> {
        int process = line.charAt(line.indexOf("/t") + 2) - '0';
        assertThat(line).endsWith("]: line " + next[process]);
        next[process]++;
      });
    }
    assertThat(next).containsOnly(each);
  }

  @Test
  void aRotatedFileIsBegunAnewOnReopen() throws Exception {
    Path file = directory.resolve("maillog");
    Path rotated = directory.resolve("maillog.1");
    try (OwnedLog log = logs().open(new LogTarget.File(file), "postfix")) {
      log.info("a", "before");
      waitForLine(file);
      Files.move(file, rotated);
      log.reopen();
      log.info("a", "after");
    }

    assertThat(Files.readString(rotated)).contains("before").doesNotContain("after");
    assertThat(Files.readString(file)).contains("after");
  }

  @Test
  void aLogThatCannotBeWrittenNamesItsFile() {
    Path file = directory.resolve("missing/maillog");

    assertThatThrownBy(() -> logs().open(new LogTarget.File(file), "postfix"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("maillog_file")
        .hasMessageContaining(file.toString());
  }

  @Test
  void linesGoToTheFallbackWhileTheSinkFailsAndAfterClosing() {
    ByteArrayOutputStream captured = new ByteArrayOutputStream();
    PrintStream fallback = new PrintStream(captured, true, StandardCharsets.UTF_8);
    LogSink broken = new SyslogSink(directory.resolve("nobody"), LogTarget.Facility.MAIL);
    QueuedLog log =
        new QueuedLog(broken, new LogStamp(CLOCK, ZoneOffset.UTC), "postfix", 7, fallback);
    log.info("a", "one");
    log.close();
    log.info("a", "two");

    assertThat(captured.toString(StandardCharsets.UTF_8))
        .contains("mail log: connect to " + directory.resolve("nobody"))
        .contains("Nov 20 09:21:28 postfix/a[7]: one")
        .contains("postfix/a[7]: two");
  }

  @Test
  void whoLogsWaitsForAStuckSinkOnlyBriefly() throws Exception {
    CountDownLatch stuck = new CountDownLatch(1);
    List<String> written = new ArrayList<>();
    LogSink slow =
        new LogSink() {
          @Override
          public void head(StringBuilder line, MailLog.Severity severity, String stamp) {}

          @Override
          public void write(List<byte[]> lines) throws IOException {
            try {
              assertThat(stuck.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            lines.forEach(line -> written.add(new String(line, StandardCharsets.UTF_8)));
          }

          @Override
          public void reopen() {}

          @Override
          public void close() {}
        };
    QueuedLog log =
        new QueuedLog(slow, new LogStamp(CLOCK, ZoneOffset.UTC), "postfix", 7, System.err);
    int offered = 0;
    long start = System.nanoTime();
    while (System.nanoTime() - start < 900_000_000L) {
      log.info("a", "n");
      offered++;
    }
    stuck.countDown();
    log.close();

    int lost = offered - (int) written.stream().filter(l -> l.endsWith("]: n")).count();
    assertThat(lost).isPositive();
    assertThat(written).anyMatch(l -> l.contains(lost + " lines of this log were lost"));
  }

  @Test
  void syslogGetsDatagramsAndARestartedDaemonGetsThemAgain() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "needs python3 as log daemon");
    Path socket = directory.resolve("log");
    MailLogs logs = new MailLogs("mail.example.com", CLOCK, ZoneOffset.UTC, List.of(socket));
    Process first = daemon(socket);
    try (OwnedLog log = logs.open(new LogTarget.Syslog(LogTarget.Facility.MAIL), "postfix")) {
      log.info("smtp", "one é");
      assertThat(read(first)).isEqualTo("<22>Nov 20 09:21:28 postfix/smtp[" + PID + "]: one é");
      log.error("smtp", "two");
      assertThat(read(first)).startsWith("<19>").endsWith("]: error: two");
      end(first);
      Files.delete(socket);
      Process second = daemon(socket);
      try {
        log.warning("smtp", "three");
        assertThat(read(second)).startsWith("<20>").endsWith("]: warning: three");
      } finally {
        end(second);
      }
    } finally {
      end(first);
    }
  }

  @Test
  void theTargetFollowsTheParameters() {
    List<String> prefixes = List.of("/var", "/dev/stdout");

    assertThat(LogTarget.of("/var/log/maillog", prefixes, "mail"))
        .isEqualTo(new LogTarget.File(Path.of("/var/log/maillog")));
    assertThat(LogTarget.of("", prefixes, "local3"))
        .isEqualTo(new LogTarget.Syslog(LogTarget.Facility.LOCAL3));
    assertThatThrownBy(() -> LogTarget.of("/etc/passwd", prefixes, "mail"))
        .hasMessageContaining("maillog_file_prefixes");
    assertThatThrownBy(() -> LogTarget.of("", prefixes, "post"))
        .hasMessageContaining("syslog_facility");
  }

  private static MailLogs logs() {
    return new MailLogs("mail.example.com", CLOCK, ZoneOffset.UTC);
  }

  /** Waits until the writer has written; the file's growth is the only sign there is. */
  private static void waitForLine(Path file) throws IOException {
    long start = System.nanoTime();
    while (Files.size(file) == 0) {
      assertThat(System.nanoTime() - start).isLessThan(10_000_000_000L);
      Thread.onSpinWait();
    }
  }

  private static Process daemon(Path socket) throws IOException {
    Process process =
        new ProcessBuilder(
                "python3",
                "-c",
                """
                import socket, sys
                s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                s.bind(sys.argv[1])
                print("ready", flush=True)
                while True:
                    sys.stdout.buffer.write(s.recv(65536) + b"\\n")
                    sys.stdout.flush()
                """,
                socket.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(read(process)).isEqualTo("ready");
    return process;
  }

  private static String read(Process process) throws IOException {
    BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
    return reader.readLine();
  }

  private static void end(Process process) throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }
}

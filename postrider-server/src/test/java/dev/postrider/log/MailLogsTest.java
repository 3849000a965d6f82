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
    try (OwnedLog log = logs().open(text(file), "postfix")) {
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
    try (OwnedLog log = logs().open(text(file), "postfix")) {
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
    try (OwnedLog log = logs().open(text(file), "postfix")) {
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
    try (OwnedLog log = logs().open(text(file), "postfix")) {
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

    assertThatThrownBy(() -> logs().open(text(file), "postfix"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("maillog_file")
        .hasMessageContaining(file.toString());
  }

  @Test
  void linesGoToTheFallbackWhileTheSinkFailsAndAfterClosing() {
    ByteArrayOutputStream captured = new ByteArrayOutputStream();
    PrintStream fallback = new PrintStream(captured, true, StandardCharsets.UTF_8);
    LogSink broken = new SyslogSink(directory.resolve("nobody"));
    QueuedLog log = new QueuedLog(broken, syslogLines(), fallback);
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
    LogSink slow = stuckUntil(stuck, written);
    QueuedLog log = new QueuedLog(slow, syslogLines(), System.err);
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
  void aLogThatStaysStuckDelaysWhoeverLogsOnlyOnce() {
    CountDownLatch stuck = new CountDownLatch(1);
    List<String> written = new ArrayList<>();
    QueuedLog log = new QueuedLog(stuckUntil(stuck, written), syslogLines(), System.err);
    int offered = 40_000;
    long start = System.nanoTime();
    for (int i = 0; i < offered; i++) {
      log.info("a", "n");
    }
    long took = System.nanoTime() - start;
    stuck.countDown();
    log.close();

    // More than 20,000 find the queue full; a second each would be hours.
    assertThat(took).isLessThan(10_000_000_000L);
    int lost = offered - (int) written.stream().filter(l -> l.endsWith("]: n")).count();
    assertThat(lost).isGreaterThan(10_000);
    assertThat(written).anyMatch(l -> l.contains(lost + " lines of this log were lost"));
  }

  @Test
  void whatNobodyTookIsCountedWhenTheLogIsThereAgain() {
    List<String> written = new ArrayList<>();
    CountDownLatch ended = new CountDownLatch(1);
    PrintStream nowhere =
        new PrintStream(
            new java.io.OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("closed");
              }
            },
            true,
            StandardCharsets.UTF_8);
    LogSink away =
        new LogSink() {
          private int writes;

          @Override
          public void write(List<byte[]> lines) throws IOException {
            if (++writes < 3) {
              throw new IOException("away");
            }
            lines.forEach(line -> written.add(new String(line, StandardCharsets.UTF_8)));
            ended.countDown();
          }

          @Override
          public void reopen() {}

          @Override
          public void close() {}
        };
    QueuedLog log = new QueuedLog(away, syslogLines(), nowhere);
    int offered = 0;
    // Each in a write of its own: what is logged while the writer is busy goes into the next.
    while (ended.getCount() > 0) {
      log.info("a", "n");
      log.reopen();
      offered++;
    }
    log.close();

    assertThat(offered).isGreaterThanOrEqualTo(3);
    int lost = offered - (int) written.stream().filter(l -> l.endsWith("]: n")).count();
    assertThat(lost).isPositive();
    assertThat(written.getFirst()).contains("]: warning: " + lost + " lines of this log were lost");
  }

  @Test
  void noLineIsLostOrWrittenIntoTheOldFileBehindAReopen() throws Exception {
    Path file = directory.resolve("maillog");
    int rotations = 40;
    int threads = 4;
    long[] logged = new long[threads];
    java.util.concurrent.atomic.AtomicBoolean done =
        new java.util.concurrent.atomic.AtomicBoolean();
    List<Long> sizes = new ArrayList<>();
    List<Path> files = new ArrayList<>();
    try (OwnedLog log = logs().open(text(file), "postfix")) {
      List<Thread> running = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int own = t;
        running.add(
            Thread.ofPlatform()
                .start(() -> {
                  while (!done.get()) {
                    log.info("t", "line");
                    logged[own]++;
                  }
                }));
      }
      for (int i = 0; i < rotations; i++) {
        Path aside = directory.resolve("maillog." + i);
        Files.move(file, aside);
        log.reopen();
        files.add(aside);
        sizes.add(Files.size(aside));
      }
      done.set(true);
      for (Thread thread : running) {
        thread.join();
      }
    }
    files.add(file);

    long found = 0;
    for (int i = 0; i < files.size(); i++) {
      found += Files.readAllLines(files.get(i)).stream().filter(l -> l.endsWith("]: line")).count();
      if (i < rotations) {
        assertThat(Files.size(files.get(i))).isEqualTo(sizes.get(i));
      }
    }
    assertThat(found).isEqualTo(java.util.Arrays.stream(logged).sum()).isPositive();
  }

  @Test
  void aTruncatedFileIsWrittenFromItsBeginning() throws Exception {
    Path file = directory.resolve("maillog");
    try (OwnedLog log = logs().open(text(file), "postfix")) {
      log.info("a", "before");
      waitForLine(file);
      Files.write(file, new byte[0], java.nio.file.StandardOpenOption.TRUNCATE_EXISTING);
      log.info("a", "after");
    }

    assertThat(Files.readAllLines(file)).singleElement().asString().endsWith("]: after");
  }

  @Test
  void aFileThatCannotBeMadeAnewIsGoneOnWithAndSaid() throws Exception {
    Path inner = Files.createDirectory(directory.resolve("inner"));
    Path file = inner.resolve("maillog");
    Path moved = directory.resolve("moved");
    try (OwnedLog log = logs().open(text(file), "postfix")) {
      log.info("a", "before");
      waitForLine(file);
      Files.move(inner, moved);
      log.reopen();
      log.info("a", "after");
    }

    assertThat(Files.readAllLines(moved.resolve("maillog")))
        .satisfiesExactly(
            line -> assertThat(line).endsWith("]: before"),
            line -> assertThat(line).contains("warning: cannot open " + file + " anew"),
            line -> assertThat(line).endsWith("]: after"));
  }

  @Test
  void theFileHasThePermissionsThatAreAskedFor() throws Exception {
    Path file = directory.resolve("maillog");
    LogTarget target = LogTarget.of(settings(file.toString(), "640", "text"), "mail");
    try (OwnedLog log = logs().open(target, "postfix")) {
      log.info("a", "x");
    }

    assertThat(
            java.nio.file.attribute.PosixFilePermissions.toString(
                Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
    assertThatThrownBy(() -> LogTarget.permissions("0666"))
        .hasMessageContaining("maillog_file_permissions")
        .hasMessageContaining("0666");
  }

  @Test
  void aNameFromACommandLineForgesNoLine() throws IOException {
    Path file = directory.resolve("maillog");
    try (OwnedLog log = logs().open(text(file), "x\nNov 20 forged")) {
      log.info("", "text");
    }

    assertThat(Files.readAllLines(file)).singleElement().asString().contains("x?Nov 20 forged[");
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
      // Said while there is no daemon: the next one gets it.
      log.warning("smtp", "three");
      Process second = daemon(socket);
      try {
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
    assertThat(LogTarget.of(settings("/var/log/maillog", "0600", "text"), "mail"))
        .isEqualTo(text(Path.of("/var/log/maillog")));
    assertThat(LogTarget.of(settings("", "0600", "text"), "local3"))
        .isEqualTo(new LogTarget.Syslog(LogTarget.Facility.LOCAL3));
    assertThatThrownBy(() -> LogTarget.of(settings("/etc/passwd", "0600", "text"), "mail"))
        .hasMessageContaining("maillog_file_prefixes");
    assertThatThrownBy(() -> LogTarget.of(settings("", "0600", "text"), "post"))
        .hasMessageContaining("syslog_facility");
    assertThatThrownBy(() -> LogTarget.of(settings("", "0600", "xml"), "mail"))
        .hasMessageContaining("postrider_log_format");
  }

  private LogTarget.FileSettings settings(String file, String permissions, String format) {
    return new LogTarget.FileSettings(
        file, List.of("/var", directory.toString()), permissions, format);
  }

  private static LogTarget.File text(Path file) {
    return new LogTarget.File(file, LogTarget.permissions("0600"), LogFormat.TEXT);
  }

  private static LineFormat syslogLines() {
    LogStamp stamp = new LogStamp(CLOCK, ZoneOffset.UTC);
    return TextLines.ofSyslog(stamp, LogTarget.Facility.MAIL, "postfix", 7);
  }

  /** A sink whose first write ends when the latch opens. */
  private static LogSink stuckUntil(CountDownLatch latch, List<String> written) {
    return new LogSink() {
      @Override
      public void write(List<byte[]> lines) throws IOException {
        try {
          assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
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

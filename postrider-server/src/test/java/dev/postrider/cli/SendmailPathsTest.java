package dev.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postrider.config.Config;
import dev.postrider.log.RememberedLog;
import dev.postrider.pickup.HandOver;
import dev.postrider.pickup.PickupService;
import dev.postrider.pickup.StoredSubmissions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script and the Java command are one sendmail: the same submission, exit code and words for
 * the same input, under each shell; and Debian's sendmail says and answers the same.
 */
class SendmailPathsTest {
  private static final String MESSAGE = "Subject: x\r\nTo: to@h.example\r\n\r\nbody\n.\nmore";
  private static final Path SCRIPT = Path.of("../packaging/bin/sendmail").toAbsolutePath();

  /** What a call comes to. */
  private record Result(int code, String out, String err, List<String> submissions) {}

  /** One row of the table: arguments, and a message. */
  private record Call(String message, List<String> arguments) {}

  @TempDir Path home;
  private Path etc = Path.of("/");
  private Path queue = Path.of("/");
  private Path bin = Path.of("/");
  private Config config = Config.of(Path.of("/"), Map.of());

  @BeforeEach
  void makeAnInstance() throws Exception {
    etc = Files.createDirectory(home.resolve("etc"));
    queue = Files.createDirectory(home.resolve("queue"));
    bin = Files.createDirectory(home.resolve("bin"));
    Files.createDirectory(queue.resolve("maildrop"));
    Files.createDirectory(queue.resolve("public"));
    Files.writeString(
        etc.resolve("main.cf"),
        "queue_directory = "
            + queue
            + "\nmessage_size_limit = 20000\nmyhostname = h.example\nalias_database =\n");
    Files.setLastModifiedTime(
        etc.resolve("main.cf"), FileTime.from(Instant.now().minusSeconds(60)));
    config = Config.load(etc);
    HandOver.refresh(config);
    Files.copy(SCRIPT, bin.resolve("sendmail"));
    executable(bin.resolve("sendmail"));
    // Instead of a Java machine: note the call, so that this one makes it in process.
    Files.writeString(
        bin.resolve("postrider"),
        """
        #!/bin/sh
        shift
        printf '%s\\0' "$@" >"$0.arguments"
        cat >"$0.input"
        exit 99
        """);
    executable(bin.resolve("postrider"));
  }

  @Test
  void theScriptDoesWhatTheJavaCommandDoes() throws Exception {
    for (String shell : shells()) {
      for (Call call : table()) {
        Result script = byScript(shell, call);
        Result java = byJava(call.arguments(), call.message());

        assertThat(script).as("%s %s", shell, call).isEqualTo(java);
      }
    }
  }

  @Test
  void theEverydayCallsStartNoJava() throws Exception {
    for (String shell : shells()) {
      for (List<String> arguments :
          List.of(
              List.of("root"),
              List.of("-i", "root"),
              List.of("-t"),
              List.of("-t", "-i"),
              List.of("-FCronDaemon", "-i", "-odi", "-oem", "-oi", "-t", "-f", "root"),
              List.of("-i", "-FCronDaemon", "-B8BITMIME", "-oem", "root"),
              List.of("-FAnacron", "-odi", "root"),
              List.of("-f", "fail2ban", "root"),
              List.of("-oem", "-oi", "-f", "a@b", "--", "c@d"),
              List.of("-i", "-m", "-F", "A B", "-f", "a@b", "--", "c@d"))) {
        Files.deleteIfExists(bin.resolve("postrider.arguments"));

        assertThat(run(shell, new Call(MESSAGE, arguments)).code()).isZero();

        assertThat(bin.resolve("postrider.arguments")).as("%s", arguments).doesNotExist();
      }
    }
  }

  @Test
  void debiansSendmailAnswersTheSame() throws Exception {
    Path debian = Path.of("/usr/sbin/sendmail");
    assumeTrue(Files.isExecutable(debian), "no sendmail of Debian's Postfix here");
    assumeTrue(Files.isExecutable(Path.of("/usr/sbin/postdrop")), "no Postfix here");
    assumeTrue(
        "root".equals(System.getProperty("user.name")), "only root may choose a configuration");
    Files.writeString(
        etc.resolve("main.cf"),
        "\ncompatibility_level = 3.6\n",
        java.nio.file.StandardOpenOption.APPEND);
    Files.writeString(etc.resolve("master.cf"), "");
    openToAll(home);
    List<Thread> threads = new ArrayList<>();
    List<String> differences = java.util.Collections.synchronizedList(new ArrayList<>());
    for (List<String> arguments : refused()) {
      // Each fatal error of Postfix takes a second: all at once.
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  Result theirs = debian(debian, arguments);
                  Result ours = byJavaOnly(arguments, "Subject: x\n\nbody\n");
                  if (!theirs.equals(ours)) {
                    differences.add(arguments + ": " + theirs + " but " + ours);
                  }
                } catch (IOException | InterruptedException e) {
                  differences.add(arguments + ": " + e);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(differences).isEmpty();
  }

  @Test
  void aChangedMainCfIsSeenAtOnce() throws Exception {
    Files.setLastModifiedTime(etc.resolve("main.cf"), FileTime.from(Instant.now().plusSeconds(60)));

    assertThat(HandOver.isCurrent(etc)).isFalse();
    run("dash", new Call(MESSAGE, List.of("root")));
    assertThat(bin.resolve("postrider.input")).hasContent(MESSAGE);
  }

  @Test
  void whoMayNotAllSubmitIsNeverServedByTheScript() throws Exception {
    HandOver.refresh(config.with(Map.of("authorized_submit_users", "!nobody, static:anyone")));

    assertThat(etc.resolve(HandOver.FILE)).doesNotExist();
  }

  @Test
  void hostileSurroundingsChangeNothing() throws Exception {
    Map<String, String> environment = new HashMap<>();
    environment.put("IFS", "/");
    environment.put("PATH", "/nonexistent");
    environment.put("CDPATH", "/tmp");
    environment.put("ENV", "/nonexistent/script");
    environment.put("BASH_ENV", "/nonexistent/script");
    environment.put("SHELLOPTS", "noexec");
    environment.put("LC_ALL", "xx_YY.bogus");
    environment.put("NAME", "$(touch " + home + "/pwned) `touch " + home + "/pwned`");
    environment.put("BASH_FUNC_cat%%", "() { touch " + home + "/pwned; }");
    environment.put("BASH_FUNC_printf%%", "() { touch " + home + "/pwned; }");
    environment.put("file", "/etc/passwd");
    environment.put("want", "x");
    List<String> arguments =
        List.of("-i", "-f", "$(>" + home + "/pwned)@h", "--", "; touch x", "*", "%s%n", "a\\b");
    for (String shell : shells()) {
      if (!shell.endsWith("dash")) {
        environment.remove("SHELLOPTS");
      }
      Result result = run(shell, new Call(MESSAGE, arguments), environment);

      assertThat(result.code()).as("%s %s", shell, result).isZero();
      assertThat(home.resolve("pwned")).doesNotExist();
      assertThat(taken()).isEqualTo(byJava(arguments, MESSAGE, environment).submissions());
    }
  }

  @Test
  void aFileRemovedWhileItIsWrittenIsNotCalledStored() throws Exception {
    HandOver.refresh(config.with(Map.of("message_size_limit", "1000000")));
    Path maildrop = queue.resolve("maildrop");
    for (String shell : shells()) {
      ProcessBuilder builder =
          new ProcessBuilder(shell, bin.resolve("sendmail").toString(), "-i", "root")
              .redirectError(ProcessBuilder.Redirect.DISCARD);
      builder.environment().put("MAIL_CONFIG", etc.toString());
      Process sendmail = builder.start();
      try (OutputStream in = sendmail.getOutputStream()) {
        // More than a pipe holds: when all is written, some was read, so there is a file.
        in.write(new byte[300_000]);
        in.flush();
        try (Stream<Path> files = Files.list(maildrop)) {
          for (Path file : files.toList()) {
            Files.delete(file);
          }
        }
      }

      assertThat(sendmail.waitFor()).as(shell).isEqualTo(75);
    }
  }

  @Test
  void aDirectoryThatIsNotThereIsToldWithTheRemedy() throws Exception {
    Files.delete(queue.resolve("maildrop"));

    Result result = byScript("dash", new Call(MESSAGE, List.of("root")));

    assertThat(result.code()).isEqualTo(75);
    assertThat(result.err()).contains("No such directory", "postfix start");
  }

  private static List<Call> table() {
    List<Call> calls = new ArrayList<>();
    for (List<String> arguments : accepted()) {
      calls.add(new Call(MESSAGE, arguments));
    }
    for (List<String> arguments : refused()) {
      calls.add(new Call(MESSAGE, arguments));
    }
    List<String> fromHeader = List.of("-t");
    for (String header :
        List.of(
            "",
            "no header\nTo: x@y\n\n",
            "Subject: x\n\nTo: body@y\n",
            "To: \nCc: undisclosed:;\n\n",
            "To: \"A, B\" <a@b>\nBcc: c@d\n\nx\n",
            "TO: root\n\n",
            "To:\n folded@x\n\n",
            "To: a@b\nResent-To: c@d\n\nx",
            "To: a@b\nResent-To: \n\nx",
            "From me\nTo: a@b\n\nx",
            "To: <>\n\n",
            "X: y\n.\nTo: a@b\n\n",
            "To: a@b")) {
      calls.add(new Call(header, fromHeader));
      calls.add(new Call(header, List.of("-t", "-i", "more@h")));
    }
    for (int size : new int[] {0, 1, 511, 19_000, 19_800, 19_900, 20_000, 20_100, 100_000}) {
      calls.add(new Call("x".repeat(size), List.of("-i", "root")));
      calls.add(new Call("To: a@b\n\n" + "x\n".repeat(size / 2), fromHeader));
    }
    calls.add(new Call("a\0b\r\r\n\0\n\u00e9\r", List.of("-i", "root")));
    calls.add(new Call("a\0b\r\n.\r\nc", List.of("root")));
    return calls;
  }

  private static List<List<String>> accepted() {
    return List.of(
        List.of("a", "b c", "d, e", ""),
        List.of("-i", "root"),
        List.of("-oi", "root"),
        List.of("-o", "i", "root"),
        List.of("-it"),
        List.of("-ti", "root"),
        List.of("-f", "", "root"),
        List.of("-f", "<>", "root"),
        List.of("-f", "Foo <x@y>", "root"),
        List.of("-froot", "root"),
        List.of("-r", "me", "root"),
        List.of("-F", "J\u00f6 D", "root"),
        List.of("-FCron", "root"),
        List.of("-B", "7BIT", "root"),
        List.of("-B8BITMIME", "root"),
        List.of("-N", "success,delay", "root"),
        List.of("-Nnever", "root"),
        List.of("-N", "bogus", "root"),
        List.of("-R", "hdrs", "root"),
        List.of("-R", "bogus", "root"),
        List.of("-Rfull", "-V", "id id", "root"),
        List.of("-V", "id\u00e9", "root"),
        List.of("-V", "", "root"),
        List.of("-f", "a@b, c@d", "root"),
        List.of("-v", "root"),
        List.of("-vv", "root"),
        List.of("-O", "x=y", "root"),
        List.of("-O", "smtputf8=yes", "root"),
        List.of("-XV", "-f", "a@b", "c@d", "e@f"),
        List.of("-XV+=", "-f", "a@b", "c@d"),
        List.of("-V", "+=", "-f", "a@b", "c@d"),
        List.of("-A", "c", "-L", "tag", "-h", "3", "-p", "x", "root"),
        List.of("-Gcmx", "-U", "-om", "-o7", "-o8", "-oox", "-em", "-e", "m", "root"),
        List.of("-bm", "root"),
        List.of("-", "root"),
        List.of("--", "-a"),
        List.of("root", "-t"),
        List.of("root", "--", "x"),
        List.of("line\nbreak", "root"),
        List.of("-bh", "x"),
        List.of("-q15m"),
        List.of("-bi"),
        List.of("-I"));
  }

  private static List<List<String>> refused() {
    return List.of(
        List.of(),
        List.of("-i", "--"),
        List.of("-Z", "a"),
        List.of("-d", "a"),
        List.of("-f"),
        List.of("-e"),
        List.of("-V"),
        List.of("-n", "a"),
        List.of("-bz", "a"),
        List.of("-B", "FOO", "a"),
        List.of("-B8bitmime", "a"),
        List.of("-Xfoo", "a"),
        List.of("-XVa", "a"),
        List.of("-Vid", "a"),
        List.of("-bv", "-t"),
        List.of("-bv", "-N", "never", "a"),
        List.of("-bv", "-R", "full", "a"),
        List.of("-bv", "-v", "a"),
        List.of("-bp", "x"),
        List.of("-bs", "x"),
        List.of("-bd", "x"),
        List.of("-bi", "x"),
        List.of("-q", "x"),
        List.of("-qS", "x"),
        List.of("-qfoo"),
        List.of("-qR"),
        List.of("-qI"),
        List.of("-qIabc", "x"),
        List.of("-qIabc", "-bp"),
        List.of("-qRabc", "x"),
        List.of("-qRabc", "-bi"),
        List.of("-t", "-bp"),
        List.of("-q", "-t"),
        List.of("-oA", "a"),
        List.of("-t"));
  }

  private List<String> shells() throws IOException {
    List<String> shells = new ArrayList<>();
    for (String[] shell :
        new String[][] {{"dash", "/bin/dash"}, {"sh", "/bin/bash"}, {"ash", "/bin/busybox"}}) {
      if (Files.isExecutable(Path.of(shell[1]))) {
        // By links, as a system has them: bash is another shell when it is called sh.
        Path link = home.resolve(shell[0]);
        if (!Files.exists(link)) {
          Files.createSymbolicLink(link, Path.of(shell[1]));
        }
        shells.add(link.toString());
      }
    }
    assumeTrue(!shells.isEmpty(), "no shell to test with");
    return shells;
  }

  /** By the script, and where it hands the call on, by the Java command on what it handed on. */
  private Result byScript(String shell, Call call) throws Exception {
    Result result = run(shell, call);
    if (result.code() != 99) {
      return new Result(result.code(), result.out(), result.err(), taken());
    }
    assertThat(taken()).as("the script handed on and submitted too").isEmpty();
    String arguments = Files.readString(bin.resolve("postrider.arguments"));
    List<String> list = new ArrayList<>(List.of(arguments.split("\0", -1)));
    list.removeLast();
    if (call.arguments().isEmpty()) {
      list.clear();
    }
    assertThat(list).isEqualTo(call.arguments());
    return byJava(
        list,
        new String(Files.readAllBytes(bin.resolve("postrider.input")), StandardCharsets.UTF_8));
  }

  private Result run(String shell, Call call) throws IOException, InterruptedException {
    return run(shell, call, Map.of());
  }

  private Result run(String shell, Call call, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path input = Files.writeString(home.resolve("input"), call.message());
    List<String> command = new ArrayList<>(List.of(shell, bin.resolve("sendmail").toString()));
    command.addAll(call.arguments());
    return run(command, input, environment);
  }

  private Result run(List<String> command, Path input, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(home, "out", null);
    Path err = Files.createTempFile(home, "err", null);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(input.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.equals("NAME"));
    builder.environment().put("MAIL_CONFIG", etc.toString());
    builder.environment().putAll(environment);
    int code = builder.start().waitFor();
    return new Result(code, Files.readString(out), Files.readString(err), List.of());
  }

  private Result byJava(List<String> arguments, String message) throws Exception {
    return byJava(arguments, message, Map.of());
  }

  private Result byJava(List<String> arguments, String message, Map<String, String> environment)
      throws Exception {
    Result result = byJavaOnly(arguments, message, environment);
    return new Result(result.code(), result.out(), result.err(), taken());
  }

  private Result byJavaOnly(List<String> arguments, String message)
      throws IOException, InterruptedException {
    return byJavaOnly(arguments, message, Map.of());
  }

  private Result byJavaOnly(List<String> arguments, String message, Map<String, String> environment)
      throws IOException, InterruptedException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Map<String, String> all = new HashMap<>(environment);
    all.put("MAIL_CONFIG", etc.toString());
    Command other =
        call -> {
          call.out().println(call.name() + call.arguments());
          return 0;
        };
    Sendmail sendmail =
        new Sendmail(
            Map.of("postqueue", other, "postalias", other, "postfix", other, "explain", other),
            (_, _, _, _) -> {},
            InstantSource.system());
    int code =
        sendmail.run(
            new Invocation(
                "sendmail",
                arguments,
                all,
                new ByteArrayInputStream(message.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8)));
    return new Result(
        code,
        out.toString(StandardCharsets.UTF_8),
        err.toString(StandardCharsets.UTF_8),
        List.of());
  }

  /** Debian's, without the lines it says twice. */
  private Result debian(Path program, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString(), "-C", etc.toString()));
    command.addAll(arguments);
    Path input = Files.createTempFile(home, "input", null);
    Files.writeString(input, "Subject: x\n\nbody\n");
    Result result = run(command, input, Map.of());
    StringBuilder err = new StringBuilder();
    for (String line : new LinkedHashSet<>(result.err().lines().toList())) {
      err.append(line).append('\n');
    }
    return new Result(result.code(), result.out(), err.toString(), List.of());
  }

  /** What lies in the maildrop, as the pickup understands it; it is empty afterwards. */
  private List<String> taken() throws Exception {
    Path maildrop = queue.resolve("maildrop");
    if (!Files.isDirectory(maildrop)) {
      return List.of();
    }
    long count;
    try (Stream<Path> files = Files.list(maildrop)) {
      count = files.count();
    }
    if (count == 0) {
      return List.of();
    }
    StoredSubmissions stored = new StoredSubmissions();
    RememberedLog log = new RememberedLog();
    try (PickupService service =
        new PickupService(() -> config, null, stored, log, InstantSource.system())) {
      service.start();
      stored.await((int) count);
    }
    try (Stream<Path> files = Files.list(maildrop)) {
      assertThat(files).as("left in the maildrop; log: %s", log.text()).isEmpty();
    }
    return stored.messages().stream().map(StoredSubmissions.Message::toString).sorted().toList();
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void openToAll(Path directory) throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}

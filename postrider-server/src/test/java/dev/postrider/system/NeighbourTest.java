package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a user of the machine gets at by way of a {@code .forward} file: her own, and nothing of her
 * neighbour's, of the queue, of the mail system's. Through the whole running system; needs root.
 */
class NeighbourTest {
  private static final String SECRET = "hush, hush";

  private static TestUsers users;
  private static Instance host;
  private static Path home;
  private static String bin;
  private static int messages;

  /** A way to get at what is not hers: {@code tries.txt} says how these are written. */
  private record Try(String name, String expected, String script) {}

  @BeforeAll
  static void aMachineWithSecrets() throws Exception {
    users = TestUsers.make("ann", "bob");
    host = Instance.create();
    assumeTrue(host.shell.has("python3"), "python3 is not installed");
    home = users.homes().resolve("ann");
    bin = host.shell.run("command -v postfix").out().strip().replaceAll("/postfix$", "");
    host.main(
        """
        mail_owner = daemon
        relayhost = [127.0.0.1]:1
        recipient_delimiter = +
        smtp_sasl_auth_enable = yes
        smtp_sasl_password_maps = hash:%1$s/sasl_passwd
        command_time_limit = 60s
        deliver_lock_attempts = 1
        """
            .formatted(host.etc));
    Path passwords =
        Files.writeString(host.etc.resolve("sasl_passwd"), "[127.0.0.1]:1 me:" + SECRET + "\n");
    Files.setPosixFilePermissions(passwords, PosixFilePermissions.fromString("rw-------"));
    assertThat(host.shell.run("SECRET='" + SECRET + "' postfix start").code()).isZero();
    Path bobs = users.homes().resolve("bob");
    Files.createDirectories(bobs.resolve("Maildir/new"));
    Files.writeString(bobs.resolve("Maildir/new/1"), SECRET);
    Files.writeString(bobs.resolve("secret"), SECRET + "@remote.test\n");
    assertThat(
            host.shell
                .run(
                    "chown -R %1$s:%1$s %2$s/* && chmod -R go= %2$s/*"
                        .formatted(users.real("bob"), bobs))
                .code())
        .isZero();
    send(users.real("bob"), "Subject: " + SECRET);
    send("somebody@remote.test", "Subject: " + SECRET);
    host.awaitLog("to=<" + users.real("bob") + "@host.local.test>");
    host.awaitLog("status=deferred");
  }

  @AfterAll
  static void end() throws Exception {
    if (host != null) {
      host.close();
    }
    if (users != null) {
      users.close();
    }
  }

  private static String send(String to, String text) throws Exception {
    String mark = "m" + messages++ + "@test";
    Shell.Result result =
        host.shell.run(
            text + "\nMessage-Id: <" + mark + ">\n\nbody\n", List.of("sendmail", "-i", "--", to));
    assertThat(result.code()).as(result.all()).isZero();
    host.awaitLog("message-id=<" + mark + ">");
    return host.logText().replaceAll("(?s).*: ([0-9A-F]+): message-id=<" + mark + ">.*", "$1");
  }

  /** Sends ann a message and waits for what becomes of it: her line of the log. */
  private static String sendToAnn(String extension) throws Exception {
    String id = send(users.real("ann") + extension + "@host.local.test", "Subject: x");
    return fate(id);
  }

  private static String fate(String id) throws IOException {
    host.await(
        "the end of " + id, () -> host.logText().matches("(?s).*: " + id + ": to=.* status=.*\n"));
    return host.logText()
        .lines()
        .filter(line -> line.contains(": " + id + ": to="))
        .findFirst()
        .orElseThrow();
  }

  private static void forward(String text) throws Exception {
    asAnn("rm -rf .forward && cat >.forward && chmod 600 .forward", text);
  }

  private static Shell.Result asAnn(String script, String input) throws Exception {
    String ann = users.real("ann");
    Shell.Result result =
        host.shell.run(
            input,
            List.of(
                "setpriv",
                "--reuid=" + ann,
                "--regid=" + ann,
                "--init-groups",
                "sh",
                "-c",
                "cd " + home + " && " + script));
    assertThat(result.code()).as(script + ": " + result.all()).isZero();
    return result;
  }

  /** What a try may name. */
  private static String named(String text) {
    return users
        .named(text)
        .replace("@Q@", host.directory.resolve("q").toString())
        .replace("@E@", host.etc.toString())
        .replace("@D@", host.directory.toString())
        .replace("@BIN@", bin)
        .replace("@LOGIN@", users.real("ann"));
  }

  private static List<Try> tries() throws IOException {
    try (var in = Objects.requireNonNull(NeighbourTest.class.getResourceAsStream("tries.txt"))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      List<Try> tries = new ArrayList<>();
      for (String part : text.split("(?m)^try ")) {
        String[] halves = part.split("\n", 2);
        String[] names = halves[0].split(" => ", 2);
        if (!part.startsWith("#")) {
          tries.add(new Try(names[0], names.length > 1 ? names[1] : "", halves[1].stripIndent()));
        }
      }
      return tries;
    }
  }

  @TestFactory
  List<DynamicTest> aCommandOfAnnsGetsAtNothingElse() throws Exception {
    List<Try> tries = tries();
    StringBuilder script = new StringBuilder("mkdir -p ~/out\n");
    for (int i = 0; i < tries.size(); i++) {
      Path file = Files.writeString(host.directory.resolve("try" + i), named(tries.get(i).script));
      script.append(
          "sh %1$s </dev/null >~/out/%2$d 2>&1; echo $? >~/out/%2$d.code\n".formatted(file, i));
    }
    Path all = Files.writeString(host.directory.resolve("tries"), script.toString());
    forward("\"|sh " + all + "\"\n");

    assertThat(sendToAnn("+box")).contains("status=sent (delivered to command: sh ");

    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < tries.size(); i++) {
      Try each = tries.get(i);
      String output = Files.readString(home.resolve("out/" + i), StandardCharsets.ISO_8859_1);
      String code = Files.readString(home.resolve("out/" + i + ".code")).strip();
      tests.add(DynamicTest.dynamicTest(each.name, () -> check(each, output, code)));
    }
    return tests;
  }

  private static void check(Try each, String output, String code) {
    assertThat(output).doesNotContain(SECRET);
    if (each.expected.isEmpty()) {
      assertThat(code).as(output).isNotEqualTo("0");
      assertThat(output).doesNotContain("REACHED");
    } else {
      assertThat(output.strip()).matches(named(each.expected));
    }
  }

  /** In place of the file, with what it must not do any more, and that she gets the mail. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a link to a file of bob's | ln -s @H@/bob/secret .forward
          a link to the mail system's passwords | ln -s @E@/sasl_passwd .forward
          a link to itself | ln -s .forward .forward
          a link to a terminal | ln -s /dev/tty .forward
          a device without end | ln -s /dev/zero .forward
          a FIFO that nobody writes | mkfifo .forward
          a directory | mkdir .forward
          a socket | python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(".forward")'
          a file that others may write | echo x@remote.test >.forward; chmod 666 .forward
          """)
  void aForwardFileThatIsNoFileOfHers(String what, String make) throws Exception {
    asAnn("rm -rf .forward out; " + named(make), "");
    int before = mailbox("ann").length();

    assertThat(sendToAnn("")).as(what).contains("status=sent (delivered to mailbox)");

    assertThat(mailbox("ann").length()).isGreaterThan(before);
    assertThat(host.logText()).doesNotContain(SECRET);
  }

  private static String mailbox(String user) throws IOException {
    Path file = host.directory.resolve("mailboxes/" + users.real(user));
    return Files.exists(file) ? Files.readString(file) : "";
  }

  /** Between two deliveries she puts something in place of her mailbox. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a link to bob's mailbox | ln -s @D@/mailboxes/@bob@ @D@/mailboxes/@LOGIN@
          a link to a password file | ln -s @E@/sasl_passwd @D@/mailboxes/@LOGIN@
          a link to where nothing is | ln -s @H@/bob/new @D@/mailboxes/@LOGIN@
          a link into the queue | ln -s @Q@/maildrop/1.1 @D@/mailboxes/@LOGIN@
          a FIFO | mkfifo @D@/mailboxes/@LOGIN@
          a directory | mkdir @D@/mailboxes/@LOGIN@
          """)
  void aMailboxThatIsNoFileOfHers(String what, String make) throws Exception {
    String bobs = mailbox("bob");
    String passwords = Files.readString(host.etc.resolve("sasl_passwd"));
    asAnn(named("rm -rf .forward @D@/mailboxes/@LOGIN@; " + make), "");
    try {
      assertThat(sendToAnn("")).as(what).doesNotContain("status=sent");
    } finally {
      asAnn("rm -rf " + host.directory + "/mailboxes/" + users.real("ann"), "");
    }
    assertThat(mailbox("bob")).isEqualTo(bobs);
    assertThat(users.homes().resolve("bob/new")).doesNotExist();
    assertThat(host.etc.resolve("sasl_passwd")).hasContent(passwords.strip());
  }

  /** A file of ann's choice gets a message only where ann may write. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          bob's mailbox | @D@/mailboxes/@bob@
          a file of bob's | @H@/bob/secret
          bob's Maildir | @H@/bob/Maildir/
          the maildrop | @Q@/maildrop/
          the configuration | @E@/main.cf
          the log | @D@/mail.log
          a link of hers to bob's | @H@/ann/link
          a device | /dev/mem
          """)
  void aFileThatSheMayNotWrite(String what, String file) throws Exception {
    String bobs = mailbox("bob");
    asAnn("ln -sf ../bob/secret link; rm -rf " + home + "/Maildir", "");
    forward(named(file) + "\n");

    assertThat(sendToAnn("")).as(what).doesNotContain("status=sent (delivered to file");

    assertThat(mailbox("bob")).isEqualTo(bobs);
    assertThat(users.homes().resolve("bob/secret")).hasContent(SECRET + "@remote.test");
    assertThat(users.homes().resolve("bob/Maildir/new").toFile().list()).hasSize(1);
    assertThat(Files.readString(host.etc.resolve("main.cf"))).doesNotContain("Subject: x");
    assertThat(host.logText()).doesNotContain("Subject: x");
  }

  /** Raw octets in HELO, MAIL and RCPT, whatever is answered to them. */
  @ParameterizedTest
  @ValueSource(ints = {0, '\n', '\r', 0x0b, 0x1b, 0x7f, 0x85, 0xff})
  void noOctetOfAnAddressMakesALineOrAVariable(int octet) throws Exception {
    asAnn("rm -f lines variables", "");
    asAnn("cat >write", "cat >>~/lines; env -0 >>~/variables\n");
    forward("\"|sh ~/write\"\n");
    String odd = (char) octet + "X-Evil: 1" + (char) octet + "EVIL=1";

    say("EHLO a" + odd, "MAIL FROM:<a@x.test>");
    say("EHLO a", "MAIL FROM:<\"a" + odd + "\"@x.test>");
    say("EHLO a", "MAIL FROM:<a@x.test> ENVID=a" + odd);
    say("EHLO a", "MAIL FROM:<a@x.test>", "RCPT TO:<\"@A@+" + odd + "\"@host.local.test>");
    say("EHLO a", "MAIL FROM:<a@x.test>", "RCPT TO:<@A@+" + odd + "@host.local.test>");
    Shell.Result _ =
        host.shell.run(
            "Subject: x\n\nx\n",
            List.of(
                "sendmail",
                "-i",
                "-f",
                "a" + odd.replace("\0", "") + "@x.test",
                "--",
                ann() + "+x"));
    assertThat(sendToAnn("+last")).contains("status=sent");

    // What was taken before has its end in the log too.
    List<String> taken =
        host.logText().lines().filter(line -> line.contains(": message-id=<")).toList();
    for (String line : taken) {
      String _ = fate(line.replaceAll(".*: ([0-9A-F]+): message-id=.*", "$1"));
    }
    assertThat(Files.readString(home.resolve("lines"), StandardCharsets.ISO_8859_1).split("[\r\n]"))
        .contains("body")
        .noneMatch(line -> line.startsWith("X-Evil"));
    assertThat(Files.readString(home.resolve("variables"), StandardCharsets.ISO_8859_1).split("\0"))
        .contains("EXTENSION=last")
        .noneMatch(variable -> variable.startsWith("EVIL="))
        .noneMatch(
            variable -> variable.matches("(?s)(SENDER|EXTENSION|RECIPIENT|CLIENT).*[\r\n].*"));
  }

  private static String ann() {
    return users.real("ann");
  }

  /** Says it to the SMTP server, with a message to ann at the end, whatever it answers. */
  private static void say(String... lines) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), host.port)) {
      socket.setSoTimeout(30_000);
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      List<String> all = new ArrayList<>(List.of(lines));
      if (all.size() == 2) {
        all.add("RCPT TO:<@A@+x@host.local.test>");
      }
      all.addAll(List.of("DATA", "Subject: x\r\n\r\nx\r\n.", "QUIT"));
      String reply = reply(in);
      for (String line : all) {
        if (!line.startsWith("Subject") || reply.startsWith("354")) {
          String sent = line.replace("@A@", ann()) + "\r\n";
          socket.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
          reply = reply(in);
        }
      }
    } catch (SocketException _) {
      // It closed while more came: refused, which it may do.
    }
  }

  /** The last reply that is there; one line that was sent may have been several for the server. */
  private static String reply(BufferedReader in) throws IOException {
    String line;
    do {
      line = in.readLine();
    } while (line != null && (line.startsWith("-", 3) || in.ready()));
    return line == null ? "" : line;
  }

  /** Words of strangers: the address, its extension, the sender. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          +-x;-x
          +--reuid=0;--reuid=0
          +$(touch$IFS~/owned);''
          +$(touch owned);__touch_owned_
          +`touch owned`;_touch_owned_
          +a|touch owned;a_touch_owned
          +'"a";__a_
          +a\\b;a_b
          +../../bob;''
          """)
  void anExtensionIsOneHarmlessWord(String extension, String expected) throws Exception {
    asAnn("rm -f owned args", "");
    asAnn("cat >write", "printf '%s\\n' \"$@\" >~/args\n");
    forward("\"|sh ~/write \\\"$EXTENSION\\\" \\\"$SENDER\\\"\"\n");
    String quoted = extension.replace("\\", "\\\\").replace("\"", "\\\"");

    String line =
        fate(send("\"" + users.real("ann") + quoted + "\"@host.local.test", "Subject: x"));

    assertThat(line).contains("status=sent");
    List<String> arguments = Files.readAllLines(home.resolve("args"));
    assertThat(arguments).containsExactly(expected, "root@host.local.test");
    assertThat(home.resolve("owned")).doesNotExist();
  }

  @Test
  void commandsThatDoNotBehaveAreEnded() throws Exception {
    host.main("command_time_limit = 2s");
    assertThat(host.shell.run("postfix reload").code()).isZero();
    try {
      forward("\"|trap '' TERM HUP INT; echo $$ >~/pid; while :; do sleep 1; done\"\n");
      String deaf = sendToAnn("");
      forward("\"|echo $$ >~/pid2; yes hush\"\n");
      String endless = sendToAnn("");

      assertThat(deaf).contains("status=bounced (Command time limit exceeded");
      assertThat(endless).contains("status=bounced (Command time limit exceeded");
      assertThat(endless.length()).isLessThan(3_000);
      for (String file : List.of("pid", "pid2")) {
        long pid = Long.parseLong(Files.readString(home.resolve(file)).strip());
        host.await("the end of " + pid, () -> ProcessHandle.of(pid).isEmpty());
      }
    } finally {
      host.main("command_time_limit = 60s");
      assertThat(host.shell.run("postfix reload").code()).isZero();
    }
  }

  @Test
  void aCommandThatLeavesAProcessBehindOrDoesNotReadIsNoHindrance() throws Exception {
    forward("\"|sleep 600 & echo $! >~/left\"\n");
    String left = sendToAnn("");
    long pid = Long.parseLong(Files.readString(home.resolve("left")).strip());
    boolean _ = ProcessHandle.of(pid).map(ProcessHandle::destroyForcibly).orElse(false);
    forward("\"|exec <&-; exit 0\"\n");
    String id =
        send(users.real("ann") + "@host.local.test", "Subject: x\nX-Long: " + "y ".repeat(40_000));

    assertThat(left).contains("status=sent (delivered to command");
    assertThat(fate(id)).contains("status=sent (delivered to command");
  }
}

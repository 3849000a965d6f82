package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same sessions with Debian's Postfix and with Postrider: the postmaster hears of the same
 * ones, and in the same words.
 */
class SessionNoticeDifferenceTest {
  /** A session that both tell of, so that one they do not tell of need not be waited for. */
  private static final String LAST = "LASTWORD";

  private static SmtpSink sink;
  private static RealPostfix postfix;
  private static Instance postrider;

  @BeforeAll
  static void bothSystems() throws IOException, InterruptedException {
    // Refuses every recipient with "500 5.3.0 Error: command failed".
    sink = SmtpSink.start("-8", "-f", "rcpt");
    String settings =
        """
        relayhost = [127.0.0.1]:%d
        mynetworks = 192.0.2.0/24
        smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
        local_recipient_maps =
        smtpd_error_sleep_time = 0
        smtpd_hard_error_limit = 4
        message_size_limit = 5000
        notify_classes = bounce, data, policy, protocol, resource, software
        alias_maps = inline:{ { postmaster = root } }
        """
            .formatted(sink.port);
    postfix = RealPostfix.start(settings);
    postrider = Instance.create();
    postrider.main(settings);
    postrider.start();
  }

  @AfterAll
  static void end() throws IOException, InterruptedException {
    if (postrider != null) {
      postrider.close();
    }
    if (postfix != null) {
      postfix.close();
    }
    if (sink != null) {
      sink.close();
    }
  }

  private static List<String> notices(Path directory) {
    Path mailbox = directory.resolve("mailboxes/root");
    try {
      String all = Files.exists(mailbox) ? Files.readString(mailbox) : "";
      List<String> found = new ArrayList<>();
      for (String message : all.split("(?m)^(?=From (?:MAILER-DAEMON|double-bounce@))")) {
        if (message.contains("errors from ")) {
          found.add(message);
        }
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Without what cannot be the same, and without what Postfix does not have. */
  private static String normalised(String notice) {
    return notice
        .replace("Postrider", "Postfix")
        .replaceAll("(?m)^From double-bounce.*$", "From double-bounce")
        .replaceAll("(?m)^Auto-Submitted: auto-generated\n", "")
        .replaceAll("(?m)^(MIME-Version|Content-T[A-Za-z-]+): .*\n", "")
        .replaceAll("(?m)^Date: .*\n", "")
        .replaceAll("(?m)^\tid .*\n", "")
        .replaceAll("(?m)^Message-Id: .*\n", "")
        .replaceAll("queued as [0-9A-F]+", "queued as ID")
        .replaceAll("SIZE=\\d+", "SIZE=n")
        .replaceAll("(?m)^ Out: 250-ETRN\n", "")
        .replaceAll(
            "(?m)^( Out: 250-SMTPUTF8\n Out: 250 CHUNKING|( Out: 250 SMTPUTF8))$",
            " Out: 250 SMTPUTF8");
  }

  private static String log(Path directory) {
    try {
      return Files.readString(directory.resolve("mail.log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long disconnects(Path directory) {
    return log(directory).lines().filter(line -> line.contains(": disconnect from ")).count();
  }

  private static void play(int port, String dialogue) throws IOException {
    try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
      socket.setSoTimeout(20_000);
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      String reply = reply(in);
      for (String command : dialogue.split("\n")) {
        if (reply.startsWith("421") || reply.startsWith("221")) {
          return;
        }
        socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        reply = reply(in);
        if (reply.startsWith("354")) {
          socket
              .getOutputStream()
              .write(("x".repeat(70) + "\r\n").repeat(100).getBytes(StandardCharsets.US_ASCII));
          socket.getOutputStream().write(".\r\n".getBytes(StandardCharsets.US_ASCII));
          reply = reply(in);
        }
      }
    }
  }

  private static String reply(BufferedReader in) throws IOException {
    while (true) {
      String line = in.readLine();
      if (line == null || line.length() < 4 || line.charAt(3) != '-') {
        return String.valueOf(line);
      }
    }
  }

  /** What each tells of a session; empty if nothing. */
  private static String told(Path directory, int port, String dialogue) throws IOException {
    int before = notices(directory).size();
    long ended = disconnects(directory);
    play(port, dialogue);
    // Its notice is stored before that line is written.
    Instance.await(
        "the end of the session", () -> disconnects(directory) > ended, () -> log(directory));
    play(port, LAST + "\nQUIT");
    Instance.await(
        "the notice of the last session",
        () -> {
          List<String> all = notices(directory);
          return all.size() > before
              && all.subList(before, all.size()).stream().anyMatch(each -> each.contains(LAST));
        },
        () -> String.valueOf(notices(directory)));
    List<String> all = notices(directory);
    return String.join(
        "",
        all.subList(before, all.size()).stream()
            .filter(each -> !each.contains(LAST))
            .map(SessionNoticeDifferenceTest::normalised)
            .toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "EHLO client.example\nMAIL FROM:<a@b> FOO=bar\nQUIT",
        "HELO x\nMAIL FROM:<a@b>\nRCPT TO:<stranger@elsewhere.example>\nQUIT",
        "MAIL FROM:<a@b>\nMAIL FROM:<a@b>\nRSET x\nVRFY\nNOOP",
        "EHLO \u00e9\nQUIT",
        "HELO x\nSTARTTLS\nXCLIENT NAME=x\nQUIT",
        "HELO x\nMAIL FROM:<a@b> SIZE=99999999\nQUIT",
        "HELO x\nMAIL FROM:<a@b>\nRCPT TO:<root@localhost>\nDATA\nQUIT",
        "HELO x\nMAIL FROM:<a@b>\nDATA\nQUIT",
        "HELO x\nNOOP \u00c3\u00bc many words that do not fit on one line of a letter because they are many words\nFOO\nQUIT",
        "HELO x\nNOOP\nRSET\nQUIT",
        "VRFY x y\nETRN foo\nQUIT",
        "ETRN\nQUIT",
        "HELO x\nMAIL FROM:<a@b>\nRCPT TO:<root@localhost> NOTIFY=FOO\nRCPT TO:<>\nFOO",
      })
  void bothTellTheSameOfASession(String dialogue) throws IOException {
    assertThat(told(postrider.directory, postrider.port, dialogue))
        .isEqualTo(told(postfix.directory, postfix.port, dialogue));
  }

  @Test
  void bothTellTheSameOfAServerThatFindsFaultWithTheSyntax() throws Exception {
    String call = "printf 'Subject: x\\n\\nx\\n' | %s -f root far@far.test";
    postfix.shell.run(call.formatted("/usr/sbin/sendmail"));
    postrider.shell.run(call.formatted("sendmail"));

    assertThat(ofServer(postrider.directory)).isEqualTo(ofServer(postfix.directory));
  }

  /** Postfix ends the connection after such an error; ours may be used for the next message. */
  private static String ofServer(Path directory) throws IOException {
    Instance.await(
        "a notice of the session with smtp-sink",
        () -> notices(directory).stream().anyMatch(each -> each.contains("SMTP client: ")),
        () -> String.valueOf(notices(directory)));
    return notices(directory).stream()
        .filter(each -> each.contains("SMTP client: "))
        .map(SessionNoticeDifferenceTest::normalised)
        .map(each -> each.replaceAll("(?s) Out: (RSET|QUIT)\n.*?\n(?=\n)", ""))
        .findFirst()
        .orElse("");
  }
}

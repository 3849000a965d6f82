package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same messages fail with Debian's Postfix and with Postrider: the reports about them, to
 * sender and postmaster, are the same but for the words for people.
 */
class FailureReportDifferenceTest {
  private static final Pattern BETWEEN_MESSAGES =
      Pattern.compile("(?m)^(?=From (?:MAILER-DAEMON|double-bounce@\\S+) )");

  private static RealPostfix postfix;
  private static Instance postrider;

  @BeforeAll
  static void bothSystems() throws IOException, InterruptedException {
    String settings =
        """
        transport_maps = inline:{ { gone.test = error:5.7.1 no mail here } }
        alias_maps = inline:{ { postmaster = root } }
        notify_classes = bounce
        smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
        mynetworks = 127.0.0.0/8
        local_recipient_maps =
        """;
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
  }

  private static List<String> reports(Path directory) {
    Path mailbox = directory.resolve("mailboxes/root");
    try {
      return Files.exists(mailbox)
          ? BETWEEN_MESSAGES
              .splitAsStream(Files.readString(mailbox, StandardCharsets.ISO_8859_1))
              .filter(each -> each.contains("multipart/report"))
              .toList()
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes the mailbox away and waits until {@code count} reports are in a new one. */
  private static List<String> taken(Path directory, int count) throws IOException {
    Instance.await(
        count + " reports",
        () -> reports(directory).stream().filter(each -> each.endsWith("--\n\n")).count() >= count,
        () -> String.valueOf(reports(directory)));
    List<String> found = reports(directory);
    Files.write(
        directory.resolve("mailboxes/root"), new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
    return found.stream().map(FailureReportDifferenceTest::normalised).sorted().toList();
  }

  /** Without what cannot be the same, and without the words for people. */
  private static String normalised(String report) {
    String same =
        Normalised.of(report)
            .replace("Postrider", "Postfix")
            .replaceAll("(?m)^(From (MAILER-DAEMON|double-bounce\\S+)) .*$", "$1")
            .replaceAll("\\b[0-9A-F]{10,13}\\b", "QID")
            .replaceAll("QID\\.\\d+/", "QID.TIME/");
    List<String> paragraphs = new ArrayList<>();
    boolean words = false;
    for (String paragraph : same.split("\n\n")) {
      if (paragraph.contains("Content-Description: Notification")) {
        words = true;
        paragraphs.add(paragraph);
        continue;
      }
      words &= !paragraph.contains("Content-Description: Delivery report");
      if (!words || paragraph.strip().startsWith("<")) {
        paragraphs.add(paragraph.strip());
      }
    }
    return String.join("\n\n", paragraphs);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a@gone.test",
        "-R hdrs -V 'id+=4 x' b@gone.test",
        "-R full -V x c@gone.test",
        "-N success,failure,delay d@gone.test",
        "-N delay e@gone.test",
        "-N never f@gone.test",
        "nosuchuser",
        "-- very.long.address.that.goes.on.and.on.and.on.and.on.and.on.and.on.and.on@gone.test",
      })
  void aFailedMessageIsReportedTheSame(String arguments) throws IOException, InterruptedException {
    boolean onlyPostmaster = arguments.contains("never") || arguments.contains("-N delay");
    String call =
        "printf 'From: me <root>\\nSubject: x\\nX-Long: a\\n\\tb\\n\\nbody\\n\\nend\\n' | %s -oi -f root "
            + arguments;
    postfix.shell.run(call.formatted("/usr/sbin/sendmail"));
    postrider.shell.run(call.formatted("sendmail"));

    int count = onlyPostmaster ? 1 : 2;
    assertThat(taken(postrider.directory, count)).isEqualTo(taken(postfix.directory, count));
  }

  private static void send(int port, String mail, String rcpt, String content) throws IOException {
    try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
      socket.setSoTimeout(20_000);
      var in = socket.getInputStream();
      var out = socket.getOutputStream();
      await(in, "220 ");
      out.write("EHLO client.example\r\n".getBytes(StandardCharsets.US_ASCII));
      await(in, "\n250 ");
      out.write(
          "MAIL FROM:%s\r\nRCPT TO:%s\r\nDATA\r\n"
              .formatted(mail, rcpt)
              .getBytes(StandardCharsets.UTF_8));
      await(in, "354 ");
      socket
          .getOutputStream()
          .write((content.replace("\n", "\r\n") + ".\r\n").getBytes(StandardCharsets.UTF_8));
      await(in, "queued as");
      socket.getOutputStream().write("QUIT\r\n".getBytes(StandardCharsets.US_ASCII));
      await(in, "221 ");
    }
  }

  private static void await(java.io.InputStream in, String text) throws IOException {
    StringBuilder heard = new StringBuilder();
    while (heard.indexOf(text) < 0) {
      int c = in.read();
      if (c < 0) {
        throw new IOException("connection closed after: " + heard);
      }
      heard.append((char) c);
    }
  }

  @Test
  void anAddressBeyondAsciiIsReportedTheSame() throws IOException { // RFC 6533
    for (String rcpt :
        List.of(
            "<j\u00f6rg@host.local.test>",
            "<nosuchuser@host.local.test> ORCPT=utf-8;j\\x{F6}rg@gone.test",
            "<j\u00f6rg@host.local.test> ORCPT=utf-8;m\u00fcller\\x{2B}x@gone.test")) {
      String content = "Subject: gr\u00fcn\n\nk\u00f6rper\n";
      send(postfix.port, "<root@localhost> SMTPUTF8 BODY=8BITMIME", rcpt, content);
      send(postrider.port, "<root@localhost> SMTPUTF8 BODY=8BITMIME", rcpt, content);

      assertThat(withoutTrace(taken(postrider.directory, 2)))
          .isEqualTo(withoutTrace(taken(postfix.directory, 2)));
    }
  }

  /** What the message itself looked like is another test's matter. */
  private static List<String> withoutTrace(List<String> reports) {
    return reports.stream()
        .map(each ->
            Arrays.stream(each.split("\n"))
                .filter(line -> !line.startsWith("\t") || line.contains("boundary"))
                .filter(line ->
                    !Stream.of("Received:", "Message-Id:", "Date:", "From:")
                        .anyMatch(line::startsWith))
                .toList())
        .map(lines -> String.join("\n", lines))
        // Postfix calls an address that came by SMTP so whatever is in it; RFC 6533 §3 does not.
        .map(each ->
            each.replaceAll("(Original-Recipient: )rfc822(;[^\n]*[\u0080-\u00ff])", "$1utf-8$2"))
        .toList();
  }
}

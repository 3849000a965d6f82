package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** sendmail's -bv, -v and -N: the report that was asked for lies in the sender's mailbox. */
class RequestedReportsTest {
  private static SmtpSink sink;
  private static Instance host;

  @BeforeAll
  static void aHostWithAnSmtpServer() throws IOException, InterruptedException {
    assumeTrue(Instance.isRoot(), "mailboxes of other users than one's own need root");
    sink = SmtpSink.start();
    host = Instance.create();
    host.main("relayhost = [127.0.0.1]:" + sink.port);
    host.main(
        "transport_maps = inline:{ { gone.test = error:5.7.1 no mail here },"
            + " { later.test = retry:hold on }, { away.test = discard:silently } }");
    Files.writeString(
        host.etc.resolve("master.cf"),
        "retry unix - - n - - error\ndiscard unix - - n - - discard\n",
        StandardOpenOption.APPEND);
    host.start();
  }

  @AfterAll
  static void end() throws IOException, InterruptedException {
    if (host != null) {
      host.close();
    }
    if (sink != null) {
      sink.close();
    }
  }

  private static String mailbox(String user) {
    Path file = host.directory.resolve("mailboxes").resolve(user);
    try {
      return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
    } catch (IOException e) {
      return "";
    }
  }

  /** Waits for the report about the message with this queue id. */
  private static String report(String queueId) throws IOException {
    String sign = "X-Postfix-Queue-ID: " + queueId + "\n";
    host.await("a report about " + queueId, () -> mailbox("root").contains(sign));
    String all = mailbox("root");
    int at = all.indexOf(sign);
    int end = all.indexOf("\nFrom MAILER-DAEMON ", at);
    return all.substring(all.lastIndexOf("From MAILER-DAEMON ", at), end < 0 ? all.length() : end);
  }

  private static String idOf(String recipient) throws IOException {
    host.awaitLog("to=<" + recipient + ">");
    return host.logText()
        .lines()
        .filter(line -> line.contains("to=<" + recipient + ">"))
        .map(line -> line.replaceFirst(".*\\]: (\\S+): to=.*", "$1"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aProbeAsksServerAndUsersAndDeliversNothing() throws IOException, InterruptedException {
    Shell.Result result =
        host.shell.run(
            "echo never read | sendmail -bv probe@far.test daemon nosuchuser a@gone.test"
                + " b@later.test c@away.test");

    assertThat(result.err()).isEmpty();
    assertThat(result.out()).isEqualTo("Mail Delivery Status Report will be mailed to <root>.\n");
    assertThat(result.code()).isZero();
    String report = report(idOf("probe@far.test"));
    assertThat(report)
        .contains("Subject: Mail Delivery Status Report\n")
        .contains("Final-Recipient: rfc822; probe@far.test")
        .contains("Action: deliverable\nStatus: 2.1.5\n")
        .contains("delivery via local: delivers to mailbox")
        .contains("Action: undeliverable\nStatus: 5.1.1\n")
        .contains("Action: undeliverable\nStatus: 5.7.1\n")
        .contains("Action: undeliverable\nStatus: 4.0.0\n")
        .contains("Subject: probe\n");
    assertThat(host.logText())
        .contains("status=deliverable (delivers to mailbox)")
        .contains("status=undeliverable (unknown user: \"nosuchuser\")")
        .contains("relay=none")
        .contains("dsn=5.7.1, status=undeliverable (no mail here)")
        .contains("dsn=4.0.0, status=undeliverable (hold on)")
        .contains("status=deliverable (silently)");
    assertThat(mailbox("daemon")).isEmpty();
    assertThat(sink.complete()).isZero();
  }

  @Test
  void verboseDeliversAndReportsEveryFate() throws IOException, InterruptedException {
    Shell.Result result =
        host.shell.run(
            "printf 'To: traced@away.test, bin\\nSubject: v\\n\\nbody\\n' |"
                + " sendmail -v -t x@gone.test");

    assertThat(result.all()).isEqualTo("Mail Delivery Status Report will be mailed to <root>.\n");
    String id = idOf("traced@away.test");
    host.awaitLog(id + ": sender delivery status notification: ");
    host.await("both notices", () -> mailbox("root").contains("Subject: Mail Delivery Status"));
    assertThat(mailbox("root"))
        .contains("delivery via local: delivered to mailbox")
        .contains("Action: delivered\n")
        .contains("Action: failed\nStatus: 5.7.1\n");
    assertThat(mailbox("bin")).contains("Subject: v\n");
    assertThat(host.logText().lines().filter(line -> line.contains(id + ": uid="))).hasSize(1);
  }

  @Test
  void successIsReportedAlsoForRecipientsOfTheHeader() throws IOException, InterruptedException {
    Shell.Result result =
        host.shell.run(
            "printf 'To: sys\\nSubject: n\\n\\nbody\\n' | sendmail -t -N success own@away.test");

    assertThat(result.all()).isEmpty();
    String report = report(idOf("own@away.test"));
    assertThat(report)
        .contains("Subject: Successful Mail Delivery Report\n")
        .contains("Final-Recipient: rfc822; sys@host.local.test\n")
        .contains("Final-Recipient: rfc822; own@away.test\n")
        .contains("Action: delivered\nStatus: 2.0.0\n");
  }
}

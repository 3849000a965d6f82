package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The reports of -bv, -v and -N success from Debian's Postfix and from Postrider say the same of
 * each recipient, field by field.
 */
class ReportDifferenceTest {
  private static final String FINAL = "Final-Recipient: ";

  private static SmtpSink sink;
  private static RealPostfix postfix;
  private static Instance postrider;

  @BeforeAll
  static void bothSystems() throws IOException, InterruptedException {
    sink = SmtpSink.start();
    String settings =
        "relayhost = [127.0.0.1]:"
            + sink.port
            + "\ntransport_maps = inline:{ { gone.test = error:5.7.1 no mail here },"
            + " { later.test = retry:hold on }, { away.test = discard:silently } }";
    postfix = RealPostfix.start(settings);
    postrider = Instance.create();
    postrider.main(settings);
    Files.writeString(
        postrider.etc.resolve("master.cf"),
        "retry unix - - n - - error\ndiscard unix - - n - - discard\n",
        StandardOpenOption.APPEND);
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

  /** What a report with this subject says of each recipient, sorted; empty until it is there. */
  private static List<String> recipients(Path directory, String subject, String recipient) {
    Path mailbox = directory.resolve("mailboxes/root");
    String all;
    try {
      all = Files.exists(mailbox) ? Files.readString(mailbox, StandardCharsets.ISO_8859_1) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> found = new ArrayList<>();
    for (String message : all.split("\nFrom MAILER-DAEMON ", -1)) {
      if (message.contains("\nSubject: " + subject + "\n")
          && message.contains(FINAL + "rfc822; " + recipient)) {
        for (String block : message.split("\n\n", -1)) {
          if (block.startsWith(FINAL)) {
            found.add(block);
          }
        }
      }
    }
    found.sort(null);
    return found;
  }

  @ParameterizedTest
  @CsvSource({
    "-bv, Mail Delivery Status Report, probe",
    "-v, Mail Delivery Status Report, traced",
    "-Nsuccess, Successful Mail Delivery Report, wanted"
  })
  void bothSayTheSameOfEachRecipient(String option, String subject, String name)
      throws IOException, InterruptedException {
    String call =
        "printf 'Subject: x\\n\\nx\\n' | %s "
            + option
            + " you@far.test daemon nosuchuser a@gone.test b@later.test %2$s@away.test"
                .formatted("", name);
    Shell.Result theirs = postfix.shell.run(call.replace("%s", "/usr/sbin/sendmail"));
    Shell.Result ours = postrider.shell.run(call.replace("%s", "sendmail"));

    assertThat(ours).isEqualTo(theirs);
    String recipient = name + "@away.test";
    Instance.await(
        "Postfix's report",
        () -> !recipients(postfix.directory, subject, recipient).isEmpty(),
        () -> "");
    postrider.await(
        "our report", () -> !recipients(postrider.directory, subject, recipient).isEmpty());
    assertThat(recipients(postrider.directory, subject, recipient))
        .isEqualTo(recipients(postfix.directory, subject, recipient));
  }
}

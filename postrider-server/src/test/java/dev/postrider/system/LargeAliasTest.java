package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** An alias of ten thousand members, with some twice: each of them gets the mail once. */
class LargeAliasTest {
  private static final int MEMBERS = 10_000;
  private static final Pattern RECIPIENT = Pattern.compile("(?m)^X-Rcpt-Args: <(\\S+)>");

  @Test
  void eachMemberGetsItOnce() throws IOException, InterruptedException {
    try (SmtpSink sink = SmtpSink.start();
        Instance host = Instance.create()) {
      host.main("relayhost = [127.0.0.1]:" + sink.port + "\nduplicate_filter_limit = 20000");
      host.main("default_destination_recipient_limit = 100");
      StringBuilder text = new StringBuilder("everybody: ");
      for (int i = 0; i < MEMBERS; i++) {
        text.append(member(i)).append(",\n ").append(i % 10 == 0 ? member(i / 2) + ",\n " : "");
      }
      Files.writeString(host.etc.resolve("aliases"), text + member(0) + "\n");
      host.start();

      assertThat(host.shell.run("echo body | sendmail everybody").code()).isZero();

      host.await(
          "all deliveries", () -> host.logText().split("status=sent \\(250 ", -1).length > MEMBERS);
      host.await("the queue to be empty", () -> host.logText().split(": removed\n", -1).length > 2);
      List<String> recipients = new ArrayList<>();
      for (String message : sink.take(MEMBERS / 100, host::logText)) {
        recipients.addAll(RECIPIENT.matcher(message).results().map(LargeAliasTest::name).toList());
      }
      assertThat(recipients)
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, MEMBERS).mapToObj(LargeAliasTest::member).toList());
    }
  }

  private static String name(MatchResult found) {
    return found.group(1);
  }

  private static String member(int number) {
    return "member" + number + "@dest.test";
  }
}

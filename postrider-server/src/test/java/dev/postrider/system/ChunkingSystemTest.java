package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Content by BDAT, to Debian's Postfix as the server. */
class ChunkingSystemTest {
  private static RealPostfix server;
  private static Instance postrider;

  @BeforeAll
  static void both() throws Exception {
    server =
        RealPostfix.start(
            """
            mydestination = box.test
            mynetworks = 127.0.0.0/8
            local_recipient_maps =
            message_size_limit = 2000000
            """);
    postrider = Instance.create();
    postrider.main(
        """
        relayhost = [127.0.0.1]:%d
        postrider_smtp_chunking = yes
        smtp_connection_cache_on_demand = no
        smtp_discard_ehlo_keywords = size
        """
            .formatted(server.port));
    postrider.start();
  }

  @AfterAll
  static void end() throws Exception {
    for (AutoCloseable one : new AutoCloseable[] {postrider, server}) {
      if (one != null) {
        one.close();
      }
    }
  }

  private static String received() {
    return Instance.text(server.directory.resolve("mailboxes/root"));
  }

  private static void send(String content, String... recipients) throws Exception {
    Path message = Files.writeString(postrider.directory.resolve("message"), content);
    assertThat(
            postrider
                .shell
                .run(
                    "sendmail -i -f me@host.local.test "
                        + String.join(" ", recipients)
                        + " < "
                        + message)
                .all())
        .isEmpty();
  }

  @Test
  void messagesArriveAsTheyAre() throws Exception {
    send("Subject: short\n\n.\n..two\ngrüße\nlast\n", "root@box.test");
    Instance.await("the short message", () -> received().contains("last\n"), postrider::logText);
    String text = "0123456789".repeat(9) + "\n";
    send("Subject: long\n\nbegin\n" + text.repeat(10_000) + "end\n", "root@box.test");
    Instance.await("the long message", () -> received().contains("\nend\n"), postrider::logText);

    assertThat(received())
        .contains("\n\n.\n..two\ngrüße\nlast\n", "\nbegin\n" + text.repeat(10_000) + "end\n");
    // 921 000 octets on the wire are four pieces.
    Instance.await(
        "Postfix to have counted", () -> log().contains("bdat=4"), ChunkingSystemTest::log);
    assertThat(log()).contains(" mail=1 rcpt=1 bdat=1 ").doesNotContain(" data=");
  }

  @Test
  void aMessageThatIsTooLargeIsRefusedByItsPieces() throws Exception {
    send("Subject: huge\n\n" + ("0123456789".repeat(9) + "\n").repeat(30_000), "root@box.test");

    postrider.awaitLog("to=<root@box.test>, relay=127.0.0.1[127.0.0.1]:" + server.port);
    postrider.awaitLog("status=bounced");
    assertThat(List.of(postrider.logText().split("\n")))
        .anyMatch(
            line -> line.contains("dsn=5.3.4") && line.contains("(in reply to BDAT command)"));
  }

  private static String log() {
    return Instance.text(server.log);
  }
}

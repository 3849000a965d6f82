package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Header and body checks on the way out. */
@Timeout(60)
class ContentChecksTest {
  private static final String ACCEPTS =
      """
      S: 220 mx.example.net ESMTP
      C: EHLO client.example.com
      S: 250-mx.example.net
      S: 250 %s
      C: MAIL FROM:<a@example.com>
      S: 250 2.1.0 Ok
      C: RCPT TO:<b@example.net>
      S: 250 2.1.5 Ok
      C: DATA
      S: 354 go on
      DATA
      S: 250 2.0.0 Ok
      """;

  /** A text, and a message in the message with a field of the same name. */
  private static final String MIXED =
      """
      From: a@example.com
      Subject: outer
      MIME-Version: 1.0
      Content-Type: multipart/mixed; boundary="x"

      --x
      Content-Type: text/plain
      X-Part: one
       folded

      Subject: not a field
      --x
      Content-Type: message/rfc822

      Subject: inner

      deep
      --x--
      """;

  private final ClientBench bench = new ClientBench();

  @AfterEach
  void end() {
    bench.close();
  }

  private String sent(String content, String features) throws Exception {
    try (ScriptedServer server = new ScriptedServer(ACCEPTS.formatted(features))) {
      assertThat(
              ClientBench.line(bench.send(server.nextHop(), content, "b@example.net").getFirst()))
          .startsWith("sent ");
      assertThat(server.faults()).isEmpty();
      return server.contents().getFirst().replace("\r\n", "\n");
    }
  }

  @Test
  void eachPlaceHasItsTable() throws Exception {
    bench.set(
        "smtp_header_checks", "pcre:{{/^Subject:(.*)/ REPLACE X-Main:$$1}, {/^MIME/ IGNORE}}",
        "smtp_mime_header_checks",
            "pcre:{{/^X-Part:/ REPLACE X-Mime: here}, {/^MIME-V/ INFO seen}}",
        "smtp_nested_header_checks", "pcre:{{/^Subject:(.*)/ PREPEND X-Nested: before}}",
        "smtp_body_checks",
            "pcre:{{/^Subject:/ IGNORE}, {/^deep/ REPLACE shallow}, {/^--x--/ WARN end}}");

    assertThat(sent(MIXED, "8BITMIME"))
        .isEqualTo(
            """
            From: a@example.com
            X-Main: outer
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary="x"

            --x
            Content-Type: text/plain
            X-Mime: here

            --x
            Content-Type: message/rfc822

            X-Nested: before
            Subject: inner

            shallow
            --x--
            """);
    assertThat(bench.log.text())
        .contains(
            "smtp: 4bXyZk1: replace: header Subject: outer: X-Main: outer",
            "smtp: 4bXyZk1: info: header MIME-Version: 1.0: seen",
            "smtp: 4bXyZk1: prepend: header Subject: inner: X-Nested: before",
            "smtp: 4bXyZk1: replace: body deep: shallow",
            "smtp: 4bXyZk1: warning: body --x--: end");
  }

  @Test
  void everyActionDoesWhatItSays() throws Exception {
    bench.set(
        "smtp_header_checks",
        "pcre:{{/^X-1:/ STRIP gone}, {/^X-2:/ dunno}, {/^X-3:/ REJECT}, {/^X-4:/ REPLACE nonsense},"
            + " {/^X-5:/ PREPEND}, {/^X-6:/ IGNORE}, {/^X-7:/ OK}}");

    assertThat(sent("X-1: 1\nX-2: 2\nX-3: 3\nX-4: 4\nX-5: 5\nX-6: 6\nX-7: 7\n\nbody\n", "8BITMIME"))
        .isEqualTo("X-2: 2\nX-3: 3\nX-4: 4\nX-5: 5\nX-7: 7\n\nbody\n");
    assertThat(bench.log.text())
        .contains(
            "smtp: 4bXyZk1: strip: header X-1: 1: gone",
            "smtp: warning: bad REPLACE header text \"nonsense\" in smtp_header_checks map -- need"
                + " \"headername: headervalue\"",
            "smtp: warning: PREPEND action without text in smtp_header_checks map")
        .anyMatch(line -> line.contains("unsupported command in smtp_header_checks map: REJECT"));
  }

  @Test
  void theBodyIsCheckedAsTheServerGetsIt() throws Exception {
    bench.set("smtp_body_checks", "pcre:{{/=C3=BC/ REPLACE u}}");

    assertThat(
            sent(
                "MIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: 8bit\n\n"
                    + "\u00fc\nb\n",
                "HELP"))
        .endsWith("\n\nu\nb\n");
  }

  @Test
  void aLongLineComesInPieces() throws Exception {
    bench.set("smtp_body_checks", "pcre:{{/^a+$$/ REPLACE x}, {/^b+$$/ REPLACE y}}");

    assertThat(sent("Subject: s\n\n" + "a".repeat(2048) + "b".repeat(5) + "\nend", "8BITMIME"))
        .isEqualTo("Subject: s\n\nxy\nend\n");
  }

  @Test
  void aTableThatDoesNotAnswerMakesMailWait() throws Exception {
    for (String parameter : List.of("smtp_header_checks", "smtp_body_checks")) {
      bench.set("smtp_header_checks", "", "smtp_body_checks", "").set(parameter, "fail:down");
      try (ScriptedServer server = new ScriptedServer(ACCEPTS.formatted("8BITMIME"))) {
        assertThat(ClientBench.line(bench.send(server.nextHop()))).startsWith("deferred 4.3.0 (");
        server.settle();
        assertThat(server.contents()).isEmpty();
      }
    }
  }
}

package dev.postrider.sieve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the test {@code body} finds in messages (RFC 5173). */
class BodyTest {
  private static final String MULTIPART =
      """
      Subject: only here
      Content-Type: multipart/mixed; boundary=b

      prologue
      --b
      Content-Type: text/plain; charset=iso-8859-1
      Content-Transfer-Encoding: quoted-printable

      Gr=FC=DFe aus B=
      erlin
      --b
      Content-Type: text/html; charset=utf-8
      Content-Transfer-Encoding: base64

      PGI+TWFrZTwvYj4gPGk+bW9uZXk8L2k+
      --b
      Content-Type: application/json

      {"json": 1}
      --b
      Content-Type: message/rfc822

      Subject: enclosed

      the enclosed text
      --b--
      """;

  private static String errors(String script) {
    return switch (SieveScript.parse(
        new String(script.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1))) {
      case SieveScript.Parsed.Good _ -> "";
      case SieveScript.Parsed.Bad(List<ScriptError> errors) -> errors.getFirst().text();
    };
  }

  private static boolean holds(String test, String message) throws IOException {
    String text = "require [\"body\", \"relational\"]; if body " + test + " { discard; }";
    SieveScript script =
        switch (SieveScript.parse(
            new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1))) {
          case SieveScript.Parsed.Good(SieveScript good) -> good;
          case SieveScript.Parsed.Bad(List<ScriptError> errors) ->
              throw new AssertionError(errors.toString());
        };
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    Mailbox ann = new Mailbox("ann", "host.example");
    SieveMessage read =
        SieveMessage.read(
            new ByteArrayInputStream(bytes),
            bytes.length,
            new SieveMessage.Envelope(ReversePath.of(ann), ann, "+"),
            script);
    return switch (script.run(read)) {
      case SieveScript.Outcome.Decided(List<Effect> effects) -> effects.isEmpty();
      case SieveScript.Outcome.Broken(ScriptError error) -> throw new IOException(error.text());
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ":contains \"aus berlin\"",
        ":text :contains \"Grüße aus Berlin\"",
        ":contains \"make money\"",
        ":contains [\"x\", \"enclosed text\"]",
        ":matches \"*aus*lin*\"",
        ":raw :contains \"Gr=FC=DFe\"",
        ":raw :contains \"PGI+\"",
        ":raw :contains \"prologue\"",
        ":raw :contains \"--b\nContent-Type\"",
        ":content \"text\" :contains \"<b>Make</b>\"",
        ":content \"TEXT/HTML\" :contains \"<b>\"",
        ":content [\"image/png\", \"application\"] :contains \"json\"",
        ":content \"\" :contains \"json\"",
        ":content \"application/json\" :is \"{\\\"json\\\": 1}\"",
        ":content \"\" :count \"eq\" \"4\"",
        ":comparator \"i;octet\" :contains \"Berlin\""
      })
  void whatIsThereIsFound(String test) throws IOException {
    assertThat(holds(test, MULTIPART)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ":contains \"only here\"",
        ":raw :contains \"only here\"",
        ":contains \"prologue\"",
        ":contains \"json\"",
        ":contains \"<b>\"",
        ":content \"text/plain\" :contains \"money\"",
        ":content \"tex\" :contains \"money\"",
        ":content \"image\" :contains \"\"",
        ":comparator \"i;octet\" :contains \"berlin\""
      })
  void whatIsNotThereIsNot(String test) throws IOException {
    assertThat(holds(test, MULTIPART)).isFalse();
  }

  @Test
  void aPlainMessageIsOneText() throws IOException {
    assertThat(holds(":is \"one\ntwo\n\"", "Subject: s\n\none\ntwo\n")).isTrue();
    assertThat(holds(":raw :is \"\"", "Subject: s\n\n")).isTrue();
    assertThat(holds(":contains \"x\"", "Subject: x\n")).isFalse();
  }

  @Test
  void noMoreThanAMegabyteIsLookedAt() throws IOException {
    String early = "S: s\n\nfirst\n" + "line of it\n".repeat(300_000) + "last\n";
    assertThat(holds(":contains \"first\"", early)).isTrue();
    assertThat(holds(":contains \"last\"", early)).isFalse();
    assertThat(holds(":raw :contains \"last\"", early)).isFalse();
  }

  @Test
  void brokenStructureIsText() throws IOException {
    assertThat(holds(":contains \"x\"", "Content-Type: text/plain; charset=none\n\nx\n")).isTrue();
    assertThat(
            holds(":contains \"!x\"", "Content-Transfer-Encoding: base64\n\nno base64 at all=!x\n"))
        .isTrue();
    String deep = "Content-Type: multipart/mixed; boundary=b\n\n--b\n".repeat(5_000) + "\nx\n";
    assertThat(holds(":raw :contains \"x\"", deep)).isTrue();
    assertThat(holds(":content \"\" :count \"ge\" \"1\"", deep)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "if body :contains \"x\" { stop; }                                | body needs require",
        "require \"body\"; if body :raw :text \"x\" { stop; }             | more than one part",
        "require \"body\"; if body :content \"x\" { stop; }               | body needs",
        "require \"body\"; if body :content \"multipart\" \"x\" { stop; } | not at \"multipart\"",
        "require \"body\"; if body :content \"message/rfc822\" \"x\" { stop; } | not at"
      })
  void whatIsWrongIsSaid(String script, String error) {
    assertThat(errors(script)).contains(error);
  }
}

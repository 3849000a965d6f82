package dev.postrider.sieve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is answered, with what, and who is not (RFC 5230, RFC 6131). */
class VacationTest {
  private static final String TO_ANN = "To: ann@host.example\n";

  private ReversePath sender = ReversePath.of(new Mailbox("bob", "far.example"));
  private Mailbox original = new Mailbox("ann", "host.example");

  private static String octets(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private List<Effect> effects(String script, String header) throws IOException {
    SieveScript read =
        switch (SieveScript.parse(octets("require [\"vacation\", \"reject\"];\n" + script))) {
          case SieveScript.Parsed.Good(SieveScript good) -> good;
          case SieveScript.Parsed.Bad(List<ScriptError> errors) ->
              throw new AssertionError(errors.toString());
        };
    return switch (read.run(message(read, header))) {
      case SieveScript.Outcome.Decided(List<Effect> effects) -> effects;
      case SieveScript.Outcome.Broken(ScriptError error) -> throw new IOException(error.text());
    };
  }

  private SieveMessage message(SieveScript script, String header) throws IOException {
    byte[] bytes = (header + "\nbody\n").getBytes(StandardCharsets.UTF_8);
    return SieveMessage.read(
        new ByteArrayInputStream(bytes),
        bytes.length,
        new SieveMessage.Envelope(sender, new Mailbox("ann+x", "host.example"), original, "+"),
        script);
  }

  private VacationReply reply(String script, String header) throws IOException {
    return effects(script, header).getFirst() instanceof Effect.Reply(VacationReply reply)
        ? reply
        : notReplied(script, header);
  }

  private VacationReply notReplied(String script, String header) throws IOException {
    throw new AssertionError(effects(script, header).toString());
  }

  private String content(String script, String header) throws IOException {
    return new String(reply(script, header).content(), StandardCharsets.UTF_8);
  }

  /** Why there is no answer. */
  private String silence(String header) throws IOException {
    return effects("vacation \"Away.\";", header).getFirst() instanceof Effect.NoReply(String why)
        ? why
        : "";
  }

  private static String errors(String script) {
    return switch (SieveScript.parse(octets(script))) {
      case SieveScript.Parsed.Good _ -> "";
      case SieveScript.Parsed.Bad(List<ScriptError> errors) -> errors.getFirst().text();
    };
  }

  @Test
  void theAnswerIsAMessageOfItsOwnAndTheMailIsKept() throws IOException {
    List<Effect> effects =
        effects(
            "vacation \"Back on Monday.\";",
            TO_ANN
                + "Subject: Lunch?\nMessage-ID: <2@far.example>\nReferences: <0@x> junk\n <1@x>\n");

    assertThat(effects).hasSize(2).last().isEqualTo(new Effect.Keep());
    assertThat(effects.getFirst())
        .hasToString(
            "vacation: reply to <bob@far.example> \"Auto: Lunch?\", at most once in 7 days");
    assertThat(
            new String(
                ((Effect.Reply) effects.getFirst()).reply().content(), StandardCharsets.UTF_8))
        .isEqualTo(
            """
            From: ann@host.example
            To: bob@far.example
            Subject: Auto: Lunch?
            Auto-Submitted: auto-replied (vacation)
            In-Reply-To: <2@far.example>
            References: <0@x>
             <1@x>
             <2@far.example>
            MIME-Version: 1.0
            Content-Type: text/plain; charset=us-ascii
            Content-Transfer-Encoding: 7bit

            Back on Monday.
            """);
  }

  @Test
  void theScriptChoosesSenderAndSubject() throws IOException {
    String script =
        "vacation :subject \"Bürozeit\" :from \"Änn Doe <ann.doe@host.example>\" \"Grüße\";";

    assertThat(content(script, TO_ANN))
        .contains("From: =?UTF-8?B?w4RubiBEb2U=?= <ann.doe@host.example>\n")
        .contains("Subject: =?UTF-8?B?QsO8cm96ZWl0?=\n")
        .contains("charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nGrüße\n")
        .doesNotContain("In-Reply-To");
    assertThat(content("vacation :from \"\\\"Ann, Doe\\\" <a@b.example>\" \"x\";", TO_ANN))
        .contains("From: \"Ann, Doe\" <a@b.example>\n");
    assertThat(content("vacation \"x\";", TO_ANN)).contains("Subject: Automated reply\n");
  }

  @Test
  void nothingInScriptOrMessageAddsAField() throws IOException {
    String lines = "text:\nOne\nBcc: evil@far.example\n\nbody\n.\n";

    assertThat(content("vacation :subject " + lines + " :handle " + lines + " \"x\";", TO_ANN))
        .contains("Subject: One Bcc: evil@far.example body\n")
        .doesNotContain("\nBcc:");
    assertThat(errors("require \"vacation\"; vacation :from " + lines + " \"x\";"))
        .contains("is not one address");
    String hostile =
        TO_ANN
            + "Subject: =?utf-8?Q?a=0D=0ABcc:_evil@far.example=0A=0Ab?=\n"
            + "Message-ID: <a b\u0001@x>\nReferences: <ok@x> <bad\u00e9@x> <\n";
    assertThat(content("vacation \"x\";", hostile))
        .contains("Subject: Auto: a Bcc: evil@far.example b\n")
        .doesNotContain("\nBcc:")
        .doesNotContain("References");
    assertThat(content("vacation \"x\";", TO_ANN + "Subject: \u00e9\u4e00\n"))
        .contains("Subject: =?UTF-8?B?");
    assertThat(content("vacation \"x\";", TO_ANN + "Subject: " + "long ".repeat(5000) + "\n"))
        .hasSizeLessThan(1_000);
  }

  @Test
  void aMimeTextBringsItsOwnFieldsAndNoOthers() throws IOException {
    String script =
        """
        vacation :mime text:
        Content-Type: text/html; charset=utf-8
        Bcc: evil@far.example

        <b>Grüße</b>
        .
        ;\
        """;

    assertThat(content(script, TO_ANN))
        .contains("Content-Type: text/html; charset=utf-8\n")
        .contains("Content-Transfer-Encoding: 8bit\n")
        .endsWith("\n\n<b>Grüße</b>\n")
        .doesNotContain("evil")
        .doesNotContain("text/plain");
    assertThat(errors("require \"vacation\"; vacation :mime \"Content-Type: x/ü\n\nx\";"))
        .contains("beyond ASCII");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "MAILER-DAEMON",
        "owner-list",
        "list-request",
        "list-owner",
        "Majordomo",
        "listserv",
        "bounces+7",
        "no-reply"
      })
  void machinesAreNotAnswered(String localPart) throws IOException {
    sender = ReversePath.of(new Mailbox(localPart, "far.example"));
    assertThat(silence(TO_ANN)).contains(localPart + "@far.example> is a machine");
  }

  @Test
  void noticesAndTheUsersOwnMailAreNotAnswered() throws IOException {
    sender = new ReversePath.Null();
    assertThat(silence(TO_ANN)).isEqualTo("it has no sender");
    for (String own : List.of("ann", "ANN", "ann+other", "ann+x", "info")) {
      original = new Mailbox("info", "host.example");
      sender = ReversePath.of(new Mailbox(own, "Host.example"));
      assertThat(silence(TO_ANN)).as(own).isEqualTo("its sender is the user");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "List-Id: <l.example>                  | it comes from a list (List-Id)",
        "list-unsubscribe: <mailto:x>          | it comes from a list (list-unsubscribe)",
        "Auto-Submitted: auto-generated        | a machine wrote it (Auto-Submitted)",
        "Auto-Submitted: auto-replied; x=no    | a machine wrote it (Auto-Submitted)",
        "Precedence: Bulk                      | it went to many (Precedence)",
        "Precedence: list                      | it went to many (Precedence)",
        "Precedence: junk (x)                  | it went to many (Precedence)",
        "X-Spam-Flag: YES                      | it is spam (X-Spam-Flag)",
        "X-Auto-Response-Suppress: DR, OOF     | (X-Auto-Response-Suppress)",
      })
  void mailOfListsAndMachinesIsNotAnswered(String field, String why) throws IOException {
    assertThat(silence(TO_ANN + field + "\n")).contains(why);
  }

  @Test
  void theSameFieldsMayAlsoSayNothing() throws IOException {
    assertThat(silence(TO_ANN + "Auto-Submitted: no; x\nPrecedence: first\nX-Spam-Flag: NO\n"))
        .isEmpty();
  }

  @Test
  void theUserMustStandInTheHeader() throws IOException {
    assertThat(silence("To: everybody@host.example\n")).contains("neither To nor Cc");
    assertThat(silence("")).contains("neither To nor Cc");
    for (String field : List.of("To", "CC", "Bcc", "Resent-To", "Resent-Cc", "Resent-Bcc")) {
      assertThat(silence(field + ": x@y.example, Ann <ANN@HOST.example>\n")).as(field).isEmpty();
    }
    assertThat(silence("To: ann+x@host.example\n")).isEmpty();
    assertThat(silence("To: ann+other@host.example\n")).contains("neither To nor Cc");
    original = new Mailbox("info", "host.example");
    assertThat(content("vacation \"x\";", "To: info@host.example\n"))
        .startsWith("From: info@host.example\n");
    assertThat(
            content(
                "vacation :addresses [\"a@b.example\", \"Ann <c@d.example>\"] \"x\";",
                "To: C@D.example\n"))
        .startsWith("From: c@d.example\n");
  }

  @Test
  void aListOfThousandsIsLookedAtAsFarAsAFieldGoes() throws IOException {
    List<String> many = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      many.add("u" + i + "@x.example");
    }
    String all = String.join(",\n ", many);

    assertThat(silence("To: ann@host.example, " + all + "\n")).isEmpty();
    assertThat(silence("To: " + all + "\n")).contains("neither To nor Cc");
  }

  @ParameterizedTest
  @CsvSource({
    "'', 604800",
    ":days 0, 86400",
    ":days 3, 259200",
    ":days 500, 2592000",
    ":days 1G, 2592000",
    ":seconds 0, 60",
    ":seconds 1800, 1800",
    ":seconds 1G, 2592000"
  })
  void theIntervalIsWithinBounds(String argument, long seconds) throws IOException {
    SieveScript script =
        switch (SieveScript.parse(
            "require \"vacation-seconds\"; vacation " + argument + " \"x\";")) {
          case SieveScript.Parsed.Good(SieveScript good) -> good;
          case SieveScript.Parsed.Bad(List<ScriptError> errors) ->
              throw new AssertionError(errors.toString());
        };
    SieveScript.Outcome outcome = script.run(message(script, TO_ANN));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            SieveScript.Outcome.Decided.class,
            decided ->
                assertThat(((Effect.Reply) decided.effects().getFirst()).reply().interval())
                    .isEqualTo(Duration.ofSeconds(seconds)));
  }

  @Test
  void theHandleIsGivenOrMadeOfAllThatIsSaid() throws IOException {
    String plain = reply("vacation \"x\";", TO_ANN).handle();

    assertThat(reply("vacation :days 3 \"x\";", TO_ANN + "Subject: y\n").handle()).isEqualTo(plain);
    for (String other :
        List.of(
            "\"y\"",
            ":subject \"s\" \"x\"",
            ":from \"a@b.example\" \"x\"",
            ":mime \"x\"",
            ":handle \"x\" \"x\"")) {
      assertThat(reply("vacation " + other + ";", TO_ANN).handle()).isNotEqualTo(plain);
    }
    assertThat(reply("vacation :handle \"h\" \"x\";", TO_ANN).handle())
        .isEqualTo(reply("vacation :handle \"h\" :subject \"s\" \"y\";", TO_ANN).handle())
        .matches("[0-9a-f]{64}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "vacation \"x\"; vacation \"x\";",
        "vacation \"x\"; vacation \"y\";",
        "vacation \"x\"; reject \"no\";",
        "reject \"no\"; vacation \"x\";"
      })
  void itIsRunOnceAndNotBesideReject(String script) {
    assertThatThrownBy(() -> effects(script, TO_ANN))
        .isInstanceOf(IOException.class)
        .hasMessageMatching("(vacation may be met once|a message cannot be rejected).*");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vacation \"x\";                                     | vacation needs require \"vacation\"",
        "require \"vacation\"; vacation;                     | vacation needs a text",
        "require \"vacation\"; vacation :seconds 9 \"x\";    | needs require \"vacation-seconds\"",
        "require \"vacation\"; vacation :days \"x\" \"x\";   | a number must follow :days",
        "require \"vacation\"; vacation :from \"x y@\" \"x\";| is not one address",
        "require \"vacation\"; vacation :addresses \"\" \"x\";| is not one address",
        "require \"vacation-seconds\"; vacation :days 1 :seconds 9 \"x\"; | more than one interval"
      })
  void whatIsWrongIsSaid(String script, String error) {
    assertThat(errors(script)).contains(error);
  }
}

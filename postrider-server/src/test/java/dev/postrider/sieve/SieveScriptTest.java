package dev.postrider.sieve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What scripts do with messages, and what is said of those that are wrong (RFC 5228). */
class SieveScriptTest {
  private static final String MESSAGE =
      """
      From: "Doe, Jane" <Jane.Doe@Example.COM>
      To: ann+lists@host.example, =?utf-8?q?B=C3=B6b?= <bob@other.example>
      Subject: =?utf-8?B?R3LDvMOfZQ==?= from a
       folded line
      X-Spam-Score: 12
      X-Empty:
      Received: one
      Received: two

      body
      """;

  private static String octets(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static SieveScript script(String text) {
    return switch (SieveScript.parse(octets(text))) {
      case SieveScript.Parsed.Good(SieveScript script) -> script;
      case SieveScript.Parsed.Bad(List<ScriptError> errors) ->
          throw new AssertionError(errors.toString());
    };
  }

  /** The errors of a script, one a line. */
  private static String errors(String text) {
    return switch (SieveScript.parse(octets(text))) {
      case SieveScript.Parsed.Good _ -> "";
      case SieveScript.Parsed.Bad(List<ScriptError> errors) ->
          String.join("\n", errors.stream().map(ScriptError::toString).toList());
    };
  }

  private static SieveScript.Outcome outcome(String text, String message) throws IOException {
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    SieveScript script = script(text);
    SieveMessage read =
        SieveMessage.read(
            new ByteArrayInputStream(bytes),
            bytes.length,
            new SieveMessage.Envelope(
                ReversePath.of(new Mailbox("bounces+7", "Sender.example")),
                new Mailbox("ann+lists", "host.example"),
                "+"),
            script);
    return script.run(read);
  }

  /** What a script does with the message, comma-separated. */
  private static String run(String text) throws IOException {
    return switch (outcome(text, MESSAGE)) {
      case SieveScript.Outcome.Decided(List<Effect> effects) ->
          String.join(", ", effects.stream().map(Effect::toString).toList());
      case SieveScript.Outcome.Broken(ScriptError error) -> "broken: " + error;
    };
  }

  private static boolean holds(String test) throws IOException {
    String requirements =
        "require [\"envelope\", \"relational\", \"subaddress\", \"comparator-i;ascii-numeric\"];\n";
    return run(requirements + "if " + test + " { discard; }").isEmpty();
  }

  @Test
  void anEmptyScriptKeeps() throws IOException {
    assertThat(run("")).isEqualTo("keep");
    assertThat(run("# nothing")).isEqualTo("keep");
    assertThat(run("/* nothing\n at all */\r\n")).isEqualTo("keep");
    assertThat(run("\uFEFFstop;")).isEqualTo("keep");
  }

  @Test
  void actionsReplaceTheImplicitKeepUnlessTheyCopy() throws IOException {
    assertThat(run("discard;")).isEmpty();
    assertThat(run("discard; keep;")).isEqualTo("keep");
    assertThat(run("require \"fileinto\"; fileinto \"Lists\";")).isEqualTo("fileinto \"Lists\"");
    assertThat(run("redirect \"x@y.example\";")).isEqualTo("redirect <x@y.example>");
    assertThat(run("require [\"copy\", \"fileinto\"]; redirect :copy \"x@y.example\";"))
        .isEqualTo("redirect <x@y.example>, keep");
    assertThat(run("require [\"copy\", \"fileinto\"]; fileinto :copy \"a\";"))
        .isEqualTo("fileinto \"a\", keep");
    assertThat(run("require \"reject\"; reject \"no\";")).isEqualTo("reject \"no\"");
    assertThat(run("require \"ereject\"; ereject \"no\";")).isEqualTo("reject \"no\"");
  }

  @Test
  void theSameThingIsDoneOnce() throws IOException {
    assertThat(
            run(
                """
                require "fileinto";
                keep; fileinto "INBOX"; keep;
                fileinto "a"; fileinto "a";
                redirect "x@y.example"; redirect "x@y.example";
                """))
        .isEqualTo("keep, fileinto \"a\", redirect <x@y.example>");
  }

  @Test
  void conditionsTakeOneBranch() throws IOException {
    String script =
        """
        require "fileinto";
        if false { discard; }
        elsif not true { discard; }
        elsif allof (true, anyof (false, true)) { fileinto "third"; }
        else { discard; }
        if true { if false { discard; } else { keep; stop; } }
        redirect "not@reached.example";
        """;

    assertThat(run(script)).isEqualTo("fileinto \"third\", keep");
    assertThat(run(script.replace("\n", "\r\n"))).isEqualTo("fileinto \"third\", keep");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "header \"subject\" \"Gr\u00fc\u00dfe from a folded line\"",
        "HEADER :CONTAINS \"SUBJECT\" \"FOLDED\"",
        "header :matches \"subject\" \"*from ? folded*\"",
        "header :contains [\"x-none\", \"subject\"] [\"never\", \"folded\"]",
        "header :is \"x-empty\" \"\"",
        "not header :contains \"x-none\" \"\"",
        "not header :is :comparator \"i;octet\" \"subject\" \"GR\u00fc\u00dfE from a folded line\"",
        "not header \"subject\" \"GR\u00dc\u00dfE from a folded line\"",
        "header :comparator \"i;ascii-numeric\" \"x-spam-score\" \"0012\"",
        "header :value \"ge\" :comparator \"i;ascii-numeric\" \"x-spam-score\" \"5\"",
        "not header :value \"ge\" :comparator \"i;ascii-numeric\" \"x-spam-score\" \"100\"",
        "header :count \"eq\" :comparator \"i;ascii-numeric\" \"received\" \"2\"",
        "header :count \"eq\" \"x-none\" \"0\"",
        "exists [\"from\", \"X-EMPTY\"]",
        "not exists [\"from\", \"x-none\"]",
        "size :over 10",
        "size :under 1K",
        "not size :over 1g",
        "address \"from\" \"jane.doe@example.com\"",
        "address :domain \"from\" \"example.com\"",
        "address :localpart \"to\" [\"x\", \"bob\"]",
        "address :user \"to\" \"ann\"",
        "address :detail \"to\" \"lists\"",
        "not address :detail \"from\" \"\"",
        "address :count \"eq\" :comparator \"i;ascii-numeric\" \"to\" \"2\"",
        "envelope \"from\" \"bounces+7@sender.example\"",
        "envelope :detail \"from\" \"7\"",
        "envelope :domain :contains \"FROM\" \"sender\"",
        "envelope :all :matches \"to\" \"ann+*@host.*\"",
        "header :matches \"subject\" \"Gr?\\\\?e*\" , true"
      })
  void theTestHolds(String test) throws IOException {
    if (test.endsWith(", true")) {
      // A backslash in the pattern makes the question mark one.
      assertThat(holds(test.substring(0, test.indexOf(" ,")))).isFalse();
      return;
    }
    assertThat(holds(test)).as(test).isTrue();
  }

  @Test
  void aTextOfLinesIsTakenAsItStands() throws IOException {
    String script =
        """
        require "reject";
        reject text: # why
        First \\ "line"
        ..dot
        \\u0041
        .
        ;
        """;
    for (String text : List.of(script, script.replace("\n", "\r\n"))) {
      assertThat(outcome(text, MESSAGE))
          .isEqualTo(
              new SieveScript.Outcome.Decided(
                  List.of(new Effect.Reject("First \\ \"line\"\n.dot\n\\u0041\n"))));
    }
  }

  @Test
  void aBackslashInQuotesStandsForWhatFollows() throws IOException {
    assertThat(run("require \"fileinto\"; fileinto \"a\\\"b\\\\c\\d\\u0041\";"))
        .isEqualTo("fileinto \"a\"b\\cdu0041\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "keep|line 1, column 4: the script ends in the middle; a ; or } is missing before its end",
        "keep\\nstop;|line 1, column 1: \"stop\" cannot follow keep; is a ; missing?",
        "if true { keep;|line 1, column 15: the script ends in the middle",
        "}|line 1, column 1: \"}\" cannot stand here",
        "kepp;|line 1, column 1: there is no command kepp; is it misspelled?",
        "true;|line 1, column 1: true is a test; put it behind if",
        "if tru { keep; }|line 1, column 4: there is no test tru",
        "if { keep; }|line 1, column 1: if needs a test",
        "if (true, false) { keep; }|if takes one test; put allof or anyof before the list",
        "if anyof true { keep; }|anyof needs (tests, parted by commas, in parentheses)",
        "if true;|if needs a { block }",
        "keep { stop; }|keep has no block; end it with ;",
        "else { keep; }|else must follow the block of an if or elsif",
        "if true {keep;} stop; elsif true {keep;}|elsif must follow the block of an if or elsif",
        "fileinto \"x\";|fileinto needs require \"fileinto\"; at the beginning",
        "keep; require \"fileinto\";|require must stand before all other commands",
        "require \"vacuum\";|extension \"vacuum\" is not supported; these are: body, comparator-i;",
        "require;|require needs a text in \"quotes\" or a list of them in [brackets]",
        "redirect :copy \"a@b.example\";|:copy needs require \"copy\"",
        "redirect \"nobody at all@\";|is not one address, such as user@example.com",
        "redirect [\"a@b.example\", \"c@d.example\"];|redirect needs a text in \"quotes\"",
        "require \"fileinto\"; fileinto \"../x\";|has an empty part",
        "require \"fileinto\"; fileinto \"/etc\";|begins with /: name it without",
        "require \"fileinto\"; fileinto \"~root\";|begins with ~: name it without",
        "require \"fileinto\"; fileinto \"a\\tb\";|has a control character",
        "discard \"x\";|discard takes no argument",
        "if size 10 { keep; }|size takes no argument",
        "if size { keep; }|size needs :over or :under",
        "if size :over \"10\" { keep; }|a number must follow :over",
        "if size :over 10 :under 20 { keep; }|size has more than one limit; keep one",
        "if size :over 3G { keep; }|3G is too large: the largest number is 2147483647",
        "if size :over 99999999999999999999 { keep; }|99999999999999999999 is too large",
        "if size :over 1x { keep; }|a number ends in K, M or G, or in nothing",
        "if header :is :contains \"a\" \"b\" { keep; }|header has more than one match type",
        "if header :regex \"a\" \"b\" { keep; }|header has no :regex; it has :comparator, :is",
        "if header \"a\" :is \"b\" { keep; }|:is must stand before the other arguments of header",
        "if header \"a\" { keep; }|header needs then a text in \"quotes\" or a list",
        "if header :comparator \"i;x\" \"a\" \"b\" { keep; }|there is no comparator \"i;x\"",
        "if header :comparator \"i;ascii-numeric\" \"a\" \"1\" { keep; }|needs require \"comparator-i;",
        "if header :count \"ge\" \"a\" \"1\" { keep; }|:count needs require \"relational\"",
        "require \"relational\"; if header :count \"x\" \"a\" \"1\" { keep; }|\"x\" is no relation",
        "require \"envelope\"; if envelope \"auth\" \"a\" { keep; }|only from and to",
        "redirect \"a@b|line 1, column 10: the text in quotes has no end",
        "\\n\\nredirect text:\\na@b\\n;|line 3: the text: of this line has no end",
        "redirect text: a\\n.\\n;|nothing but a comment may follow text: on its line",
        "keep; /* no end|line 1, column 7: the comment has no end",
        "keep; / keep;|a single / means nothing",
        "keep; \\0|line 1, column 7: there is a NUL character; remove it",
        "redirect \"a\\0\";|there is a NUL character; remove it",
        "keep = 1;|line 1, column 6: character \"=\" means nothing here",
        "if header : \"a\" \"b\" { keep; }|a name belongs behind the colon",
      })
  void whatIsWrongIsSaidWithItsPlace(String script, String error) {
    assertThat(errors(script.replace("\\n", "\n").replace("\\0", "\0").replace("\\t", "\t")))
        .contains(error);
  }

  @Test
  void allThatIsWrongIsSaidAtOnce() {
    assertThat(errors("fileinto \"a\";\nkepp;\nif tru { foo; }").lines().toList())
        .hasSize(4)
        .allSatisfy(line -> assertThat(line).startsWith("line "))
        .anySatisfy(line -> assertThat(line).startsWith("line 3, column 10: "));
  }

  @Test
  void octetsThatAreNotUtf8AreNamed() {
    assertThat(SieveScript.parse("keep;\nredirect \"\u00e4\";"))
        .isEqualTo(
            new SieveScript.Parsed.Bad(
                List.of(new ScriptError(2, 0, "the text is not UTF-8; save the script in UTF-8"))));
  }

  @Test
  void aScriptHasALimitInSizeAndDepth() {
    assertThat(errors("#".repeat(1 << 20))).contains("more than 262144 octets");
    assertThat(errors("if true {".repeat(40) + "}".repeat(40))).contains("more than 32 deep");
    assertThat(errors("if " + "not ".repeat(50_000) + "true { keep; }")).contains("words in a row");
    assertThat(errors("if " + "anyof(".repeat(33) + "true")).contains("more than 32 deep");
    assertThat(errors("keep;\n".repeat(40_000))).isEmpty();
  }

  @Test
  void whatFailsWhenItRunsEndsTheScriptWithItsLine() throws IOException {
    assertThat(run("require \"reject\";\nkeep;\nreject \"no\";"))
        .startsWith("broken: line 3: a message cannot be rejected and something else besides");
    assertThat(run("require \"reject\";\nreject \"no\";\nkeep;")).startsWith("broken: line 3: ");
    StringBuilder redirects = new StringBuilder();
    for (int i = 1; i <= 6; i++) {
      redirects.append("redirect \"x").append(i).append("@y.example\";\n");
    }
    assertThat(run(redirects.toString())).startsWith("broken: line 6: more than 5 redirects");
    StringBuilder folders = new StringBuilder("require \"fileinto\";\n");
    for (int i = 1; i <= 33; i++) {
      folders.append("fileinto \"f").append(i).append("\";\n");
    }
    assertThat(run(folders.toString())).startsWith("broken: line 34: more than 32 actions");
  }

  @Test
  void noPatternHoldsADeliveryUp() throws IOException {
    String message = "Subject: " + "a".repeat(100_000) + "\n\n";
    String once = "if header :matches \"subject\" \"*a*a*a*a*a*a*a*a*b\" { discard; }\n";

    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () ->
            assertThat(outcome(once, message))
                .isEqualTo(new SieveScript.Outcome.Decided(List.of(new Effect.Keep()))));
    String key = "a".repeat(30_000) + "b";
    String slow =
        ("if header :matches \"subject\" \"*" + key + "\" { stop; }\n").repeat(2)
            + ("if header :contains \"subject\" \"" + key + "\" { stop; }\n");
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          assertThat(outcome(slow, message)).isInstanceOf(SieveScript.Outcome.Broken.class);
          assertThat(outcome(slow, message).toString()).contains("compare too much");
        });
  }

  @Test
  void aMessageOfAnyKindIsJudged() throws IOException {
    for (String message : List.of("", "\n", "no header", ":\n", "From: (((\nTo: <<>>,,;\n\n")) {
      assertThat(outcome("if address :contains [\"from\", \"to\"] \"x\" { discard; }", message))
          .isEqualTo(new SieveScript.Outcome.Decided(List.of(new Effect.Keep())));
    }
  }

  /**
   * What is random, cut off or put together from pieces of scripts: an answer, and never a throw.
   */
  @Test
  void anyTextHasAnAnswer() throws IOException {
    String[] pieces = {
      "require",
      "[\"fileinto\",\"copy\"]",
      "if",
      "elsif",
      "else",
      "not",
      "anyof",
      "allof",
      "(",
      ")",
      "{",
      "}",
      "[",
      "]",
      ";",
      ",",
      "\"",
      "\\",
      ":is",
      ":matches",
      ":comparator",
      ":over",
      "header",
      "address",
      "size",
      "true",
      "keep",
      "discard",
      "stop",
      "fileinto",
      "redirect",
      "\"a@b.example\"",
      "\"*a?\\\\*\"",
      "text:",
      "\n",
      "\r\n",
      ".",
      "..",
      "#",
      "/*",
      "*/",
      "1K",
      "99999999999",
      "\u00e4",
      "\\u0041",
      "\0",
      "\uFEFF",
      " "
    };
    Random random = new Random(5228);
    int good = 0;
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int left = random.nextInt(12); left > 0; left--) {
        text.append(pieces[random.nextInt(pieces.length)]).append(random.nextBoolean() ? " " : "");
      }
      if (SieveScript.parse(octets(text.toString())) instanceof SieveScript.Parsed.Good) {
        good++;
        assertThat(outcome(text.toString(), MESSAGE)).isNotNull();
      }
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      assertThat(SieveScript.parse(new String(bytes, StandardCharsets.ISO_8859_1))).isNotNull();
    }
    assertThat(good).isGreaterThan(100);
  }

  @Test
  void aScriptTellsWhatItMightDo() {
    SieveScript script =
        script(
            """
            require ["reject", "fileinto"];
            if true { fileinto "a"; } else { redirect "x@y.example"; discard; }
            reject "no";
            """);

    assertThat(script.commands()).isEqualTo(6);
    assertThat(script.required()).containsExactly("fileinto", "reject");
    assertThat(script.actions())
        .containsExactly("fileinto \"a\"", "redirect <x@y.example>", "discard", "reject");
  }
}

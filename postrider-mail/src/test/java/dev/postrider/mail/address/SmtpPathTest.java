package dev.postrider.mail.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SmtpPathTest {
  /** Where we decide otherwise than Postfix, and why. */
  private static final Map<String, String> OURS =
      Map.of(
          // No mailbox without a local-part exists; Postfix takes it and bounces it later.
          "<@d.example>", "-",
          "<\"\"@d.example>", "-",
          // A quoted @ is part of the local-part (RFC 5321 §4.1.2).
          "<\"a@b.example\">", "a@b.example",
          // SMTPUTF8 is asked for after parsing, with a reply that says so (553 5.6.7).
          "<a@dömain.example>", "a@dömain.example");

  static Stream<Arguments> whatPostfixTook() throws IOException {
    try (InputStream in = SmtpPathTest.class.getResourceAsStream("smtp-paths.txt")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split("\t", -1))
          .map(columns -> Arguments.of(columns[0], OURS.getOrDefault(columns[0], columns[1])));
    }
  }

  @ParameterizedTest
  @MethodSource("whatPostfixTook")
  void takesTheAddressThatPostfixTakes(String argument, String expected) {
    SmtpPath<Mailbox> path = SmtpPath.forward(argument, SmtpPath.Rules.LENIENT);

    String taken =
        switch (path) {
          case SmtpPath.Parsed<Mailbox>(Mailbox mailbox, _, _) -> mailbox.internal();
          case SmtpPath.Refused<Mailbox> _ -> "-";
        };
    assertThat(taken).isEqualTo(expected);
  }

  @Test
  void parametersFollowThePath() {
    var parsed = parsed("<\"a b\"@d.example> NOTIFY=NEVER  ORCPT=rfc822;x");

    assertThat(parsed.path()).isEqualTo(new Mailbox("a b", "d.example"));
    assertThat(parsed.spelled()).isEqualTo("<\"a b\"@d.example>");
    assertThat(parsed.parameters()).isEqualTo("NOTIFY=NEVER  ORCPT=rfc822;x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"<>", " <>", "< >", "<> SIZE=3"})
  void nullPathIsASender(String argument) {
    var path = SmtpPath.reverse(argument, SmtpPath.Rules.LENIENT);

    assertThat(assertInstanceOf(SmtpPath.Parsed.class, path).path())
        .isEqualTo(new ReversePath.Null());
  }

  @Test
  void nullPathIsNoRecipient() {
    assertThat(SmtpPath.forward("<>", SmtpPath.Rules.LENIENT)).isInstanceOf(SmtpPath.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t"})
  void nothingAtAllIsASyntaxFault(String argument) {
    var path = SmtpPath.reverse(argument, SmtpPath.Rules.LENIENT);

    assertThat(assertInstanceOf(SmtpPath.Refused.class, path).fault())
        .isEqualTo(SmtpPath.Fault.MISSING);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a@b.example",
        "<a(comment)@b.example>",
        "<N <a@b.example>>",
        "<aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@b.example>"
      })
  void strictRulesForgiveNothing(String argument) {
    assertThat(SmtpPath.forward(argument, new SmtpPath.Rules(true, false)))
        .isInstanceOf(SmtpPath.Refused.class);
    assertThat(SmtpPath.forward(argument, SmtpPath.Rules.LENIENT))
        .isInstanceOf(SmtpPath.Parsed.class);
  }

  @Test
  void strictRulesTakeRoutesAndLiterals() {
    SmtpPath.Rules strict = new SmtpPath.Rules(true, false);

    assertThat(SmtpPath.forward("<@x.example,@y.example:u@d.example>", strict))
        .isInstanceOf(SmtpPath.Parsed.class);
    assertThat(SmtpPath.forward("<u@[IPv6:2001:db8::1]>", strict))
        .isInstanceOf(SmtpPath.Parsed.class);
  }

  @Test
  void whatIsPrintedParsesToTheSame() {
    Random random = new Random(20261120);
    String alphabet = "ab.@\"\\ <>(),:;[]-é%!";
    for (int round = 0; round < 10_000; round++) {
      StringBuilder local = new StringBuilder();
      int length = 1 + random.nextInt(8);
      for (int i = 0; i < length; i++) {
        local.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      Mailbox mailbox = new Mailbox(local.toString(), "d.example");

      var parsed =
          SmtpPath.forward("<" + mailbox.external() + "> X=1", new SmtpPath.Rules(true, true));

      assertThat(parsed)
          .isEqualTo(new SmtpPath.Parsed<>(mailbox, "<" + mailbox.external() + ">", "X=1"));
    }
  }

  @Test
  void aBareNumberIsADomainOnlyIfAllowed() {
    SmtpPath.Rules numeric = new SmtpPath.Rules(false, false, true);

    assertThat(SmtpPath.forward("<a@192.0.2.1>", SmtpPath.Rules.LENIENT))
        .isInstanceOf(SmtpPath.Refused.class);
    assertThat(SmtpPath.forward("<a@192.0.2.1>", numeric)).isInstanceOf(SmtpPath.Parsed.class);
    assertThat(SmtpPath.forward("<a@192.0.2.256>", numeric)).isInstanceOf(SmtpPath.Refused.class);
    assertThat(SmtpPath.forward("<a@192.0.2>", numeric)).isInstanceOf(SmtpPath.Refused.class);
  }

  @Test
  void noGarbageThrows() {
    Random random = new Random(7);
    String alphabet = "ab.@\"\\ <>(),:;[]-é\0\r\n\t%!|IPv6:1\uD800\uDC00";
    for (int round = 0; round < 10_000; round++) {
      StringBuilder argument = new StringBuilder();
      int length = random.nextInt(20);
      for (int i = 0; i < length; i++) {
        argument.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }

      assertThat(SmtpPath.forward(argument.toString(), SmtpPath.Rules.LENIENT)).isNotNull();
      assertThat(SmtpPath.reverse(argument.toString(), SmtpPath.Rules.LENIENT)).isNotNull();
    }
  }

  private static SmtpPath.Parsed<Mailbox> parsed(String argument) {
    return switch (SmtpPath.forward(argument, SmtpPath.Rules.LENIENT)) {
      case SmtpPath.Parsed<Mailbox> parsed -> parsed;
      case SmtpPath.Refused<Mailbox> refused -> throw new AssertionError(refused.reason());
    };
  }
}

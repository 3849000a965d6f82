package dev.postrider.mail.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.mail.address.AddressList;
import dev.postrider.mail.address.Mailbox;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderAddressesTest {
  /** As Postfix completes an address with myorigin; also its percent and bang forms. */
  private static final UnaryOperator<Mailbox> COMPLETE =
      mailbox -> {
        if (!mailbox.domain().isEmpty()) {
          return mailbox;
        }
        String local = mailbox.localPart();
        int bang = local.indexOf('!');
        int percent = local.lastIndexOf('%');
        if (bang > 0) {
          return new Mailbox(local.substring(bang + 1), local.substring(0, bang));
        }
        if (percent > 0) {
          return new Mailbox(local.substring(0, percent), local.substring(percent + 1));
        }
        return mailbox.qualified("example.com");
      };

  /** Where the envelope differs: a quoted @ is part of the local-part, here as in the header. */
  private static final Map<String, List<String>> OUR_RECIPIENTS =
      Map.of(
          "\"a@b.example\", root", List.of("a@b.example@example.com", "root@example.com"),
          "unterminated \"quote a@b.example",
              List.of("unterminated@example.com", "quote a@b.example@example.com"),
          // No mailbox: nobody to deliver to. Postfix bounces these two.
          "a@, root", List.of("root@example.com"),
          "@b.example, root", List.of("root@example.com"));

  static Stream<Arguments> whatPostfixMade() throws IOException {
    try (InputStream in = AddressList.class.getResourceAsStream("address-lists.txt")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split("\t", -1))
          .map(c -> Arguments.of(c[0].replace("\\t", "\t"), c[1], c[2].replace("\\n", "\n\t")));
    }
  }

  @ParameterizedTest
  @MethodSource("whatPostfixMade")
  void findsTheRecipientsThatPostfixFinds(String value, String recipients, String printed) {
    HeaderField field = field("To", " " + value);

    List<String> found =
        HeaderAddresses.addresses(field).stream().map(COMPLETE).map(Mailbox::internal).toList();

    List<String> expected =
        recipients.isEmpty() ? List.of() : Arrays.asList(recipients.split(" , "));
    assertThat(found).isEqualTo(OUR_RECIPIENTS.getOrDefault(value, expected));
  }

  @ParameterizedTest
  @MethodSource("whatPostfixMade")
  void printsAFieldAsPostfixDoes(String value, String recipients, String printed) {
    HeaderField field = field("To", " " + value);

    HeaderField rewritten = HeaderAddresses.rewrite(field, COMPLETE);

    assertThat(utf8(rewritten.value())).isEqualTo(" " + printed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "From",
        "SENDER",
        "Reply-To",
        "To",
        "cc",
        "Bcc",
        "Resent-From",
        "Resent-Sender",
        "Resent-Reply-To",
        "Resent-To",
        "Resent-Cc",
        "Return-Receipt-To",
        "Disposition-Notification-To",
        "Errors-To",
        "Apparently-To",
        "Mail-Followup-To"
      })
  void addressFieldsAreChanged(String name) {
    assertThat(HeaderAddresses.rewrite(field(name, " root"), COMPLETE).toString())
        .isEqualTo(name + ": root@example.com");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Subject", "Delivered-To", "X-Original-To", "Mail-Reply-To", "X-To", "Message-Id"})
  void otherFieldsAreNot(String name) {
    HeaderField field = field(name, " root");

    assertThat(HeaderAddresses.rewrite(field, COMPLETE)).isSameAs(field);
  }

  @Test
  void aFieldThatNothingChangesKeepsItsSpelling() {
    HeaderField field = field("To", "  John Q. Public<a @ b.example> ,\n\t (c) c@d.example");

    assertThat(HeaderAddresses.rewrite(field, COMPLETE)).isSameAs(field);
  }

  @Test
  void utf8IsReadableToTheChangeAndWrittenBackAsUtf8() {
    HeaderField field = field("From", " Jürgen <jürgen@d.example>");

    HeaderField changed =
        HeaderAddresses.rewrite(field, m -> new Mailbox(m.localPart() + "ß", m.domain()));

    assertThat(utf8(changed.value())).isEqualTo(" Jürgen <jürgenß@d.example>");
  }

  @Test
  void lineBreaksDoNotComeBackFromQuotesOrComments() {
    HeaderField field = field("To", " \"a\n b\" (c\n\td) <x@y.example>, root\n");

    assertThat(HeaderAddresses.rewrite(field, COMPLETE).value())
        .isEqualTo(" \"a  b\" (c  d) <x@y.example>, root@example.com");
  }

  @Test
  void garbageNeverThrowsAndPrintingIsStable() {
    Random random = new Random(42);
    String alphabet = "aab.@\"\\ <>(),,:;[]%!|\n\t\r\0\u00e9\u0085\u00a0";
    for (int round = 0; round < 20_000; round++) {
      StringBuilder value = new StringBuilder();
      int length = random.nextInt(30);
      for (int i = 0; i < length; i++) {
        value.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      AddressList list = AddressList.parse(value.toString());

      String printed = list.toString();

      assertThat(printed).doesNotContain("\n", "\r", "\0");
      HeaderField changed =
          HeaderAddresses.rewrite(
              new HeaderField("To", value.toString()), m -> new Mailbox("x", "y.example"));
      assertThat(changed).isNotNull();
      for (AddressList.Address address : list.addresses()) {
        assertThat(address.start()).isBetween(0, address.end());
        assertThat(address.end()).isLessThanOrEqualTo(value.length());
      }
    }
  }

  @Test
  void aHugeFieldTakesTimeInProportion() {
    for (String part : List.of("a,", "(", "<", "a ", "\"", "g:", ";", "@a:", ">", "\\")) {
      String value = part.repeat(400_000 / part.length());
      Assertions.assertTimeout(
          Duration.ofSeconds(5),
          () -> {
            HeaderField changed = HeaderAddresses.rewrite(new HeaderField("To", value), COMPLETE);
            assertThat(changed).isNotNull();
          },
          part);
    }
  }

  private static HeaderField field(String name, String value) {
    return new HeaderField(
        name, new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
  }

  private static String utf8(String value) {
    return new String(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}

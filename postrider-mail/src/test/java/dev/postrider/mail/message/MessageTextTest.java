package dev.postrider.mail.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "UTC | Fri, 20 Nov 2026 09:21:28 +0000 (UTC)",
        "Europe/Berlin | Fri, 20 Nov 2026 10:21:28 +0100 (CET)",
        "America/St_Johns | Fri, 20 Nov 2026 05:51:28 -0330 (NST)",
        "+05:00 | Fri, 20 Nov 2026 14:21:28 +0500"
      })
  void datesAreWrittenAsPostfixWritesThem(String zone, String expected) {
    Instant moment = Instant.parse("2026-11-20T09:21:28Z");

    assertThat(RfcDate.format(moment, ZoneId.of(zone))).isEqualTo(expected);
  }

  @Test
  void aDayOfOneDigitStandsBehindTwoSpaces() {
    Instant moment = Instant.parse("2026-06-05T22:00:00Z");

    assertThat(RfcDate.format(moment, ZoneId.of("Europe/Berlin")))
        .isEqualTo("Sat,  6 Jun 2026 00:00:00 +0200 (CEST)");
  }

  @Test
  void theHeaderEndsAtTheEmptyLineAndTheBodyFollows() throws IOException {
    var scanner = scanner("A: 1\nB :\n\tfolded\n\nbody\n", 1000);

    assertThat(fields(scanner))
        .containsExactly(new HeaderField("A", " 1"), new HeaderField("B", "\n\tfolded"));
    assertThat(scanner.separated()).isTrue();
    assertThat(scanner.body().readAllBytes()).asString().isEqualTo("body\n");
  }

  @Test
  void theBodyIsCopiedAsItWouldBeRead() throws IOException {
    for (String body : List.of("", "x", "body\n", "line of a longer body\n".repeat(5000))) {
      var scanner = scanner("A: 1\n\n" + body, 1000);
      var copy = new ByteArrayOutputStream();

      assertThat(fields(scanner)).hasSize(1);
      assertThat(scanner.hasBody()).isEqualTo(!body.isEmpty());
      scanner.copyBody(copy);

      assertThat(copy.toString(StandardCharsets.UTF_8)).isEqualTo(body);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"no header here\n", "Grüße: x\n", "From x Fri\n", ": x\n", " a: b\n", "x", ""})
  void aBodyMayStartAtOnce(String body) throws IOException {
    var scanner = scanner("A: 1\n" + body, 1000);

    List<HeaderField> fields = fields(scanner);

    assertThat(scanner.separated()).isFalse();
    String rest = new String(scanner.body().readAllBytes(), StandardCharsets.UTF_8);
    StringBuilder all = new StringBuilder();
    fields.forEach(field -> all.append(field).append('\n'));
    assertThat(all + rest).isEqualTo("A: 1\n" + body);
  }

  @Test
  void aFieldBeyondTheLimitIsCut() throws IOException {
    var scanner = scanner("A: " + "x".repeat(500_000) + "\nB: 2\n\nbody", 100);

    List<HeaderField> fields = fields(scanner);

    assertThat(fields.getFirst().toString()).hasSize(100);
    assertThat(fields.getLast()).isEqualTo(new HeaderField("B", " 2"));
    assertThat(scanner.body().readAllBytes()).asString().isEqualTo("body");
  }

  @Test
  void anyHeaderComesBackWhole() throws IOException {
    Random random = new Random(3);
    for (int round = 0; round < 2_000; round++) {
      StringBuilder text = new StringBuilder();
      int count = random.nextInt(200);
      for (int i = 0; i < count; i++) {
        String part = "a:\n \tb".substring(random.nextInt(6)).substring(0, 1);
        text.append(random.nextInt(50) == 0 ? "long".repeat(random.nextInt(5000)) : part);
      }
      var scanner = scanner(text.toString(), Integer.MAX_VALUE);

      StringBuilder back = new StringBuilder();
      for (HeaderField field : fields(scanner)) {
        back.append(field).append('\n');
      }
      back.append(scanner.separated() ? "\n" : "");
      back.append(new String(scanner.body().readAllBytes(), StandardCharsets.UTF_8));

      // White space before a colon is dropped; a last field may lack its line end.
      assertThat(back.toString().replaceAll("[ \t]+:", ":").strip())
          .isEqualTo(text.toString().replaceAll("[ \t]+:", ":").strip());
    }
  }

  @Test
  void quotedPrintableDecodesToItsInputInShortLines() throws IOException {
    Random random = new Random(9);
    for (int round = 0; round < 2_000; round++) {
      byte[] input = new byte[random.nextInt(400)];
      random.nextBytes(input);
      for (int i = 0; i < input.length; i++) {
        input[i] = random.nextBoolean() ? input[i] : (byte) " \ta=\n".charAt(random.nextInt(5));
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      QuotedPrintable encoder = new QuotedPrintable(out);
      int cut = input.length == 0 ? 0 : random.nextInt(input.length);
      encoder.write(input, 0, cut);
      encoder.write(input, cut, input.length - cut);
      encoder.finish();

      assertThat(QuotedPrintable.decode(out.toByteArray())).isEqualTo(input);
      for (String line : out.toString(StandardCharsets.ISO_8859_1).split("\n")) {
        assertThat(line).hasSizeLessThanOrEqualTo(76).doesNotEndWith(" ").doesNotEndWith("\t");
      }
    }
  }

  @Test
  void encodedWordsAreShortAndDecodeBack() {
    String text = "Grüße aus München 🚀 ".repeat(20).strip();

    String encoded = EncodedWord.encode(text);

    assertThat(encoded.lines()).allMatch(line -> line.length() <= 76);
    assertThat(encoded.chars()).allMatch(c -> c < 0x80);
    assertThat(EncodedWord.decode(encoded)).isEqualTo(text);
  }

  @Test
  void asciiNeedsNoEncodedWordAndCannotAddAField() {
    assertThat(EncodedWord.encode("plain text")).isEqualTo("plain text");
    assertThat(EncodedWord.encode("a\nBcc: x@y.example")).isEqualTo("a Bcc: x@y.example");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "=?iso-8859-1?Q?a=E4_b?= c | aä b c",
        "=?utf-8*de?q?=C3=A4?= =?utf-8?B?w6Q=?= | ää",
        "=?nonsense?Q?x?= y | =?nonsense?Q?x?= y",
        "=?utf-8?B?*?= | ",
        "=?utf-8?X?a?= b | =?utf-8?X?a?= b",
        "=?utf-8?Q | =?utf-8?Q"
      })
  void encodedWordsAreReadAsFarAsTheyAreKnown(String encoded, String expected) {
    assertThat(EncodedWord.decode(encoded).strip()).isEqualTo(expected == null ? "" : expected);
  }

  @Test
  void garbageInEncodedWordsNeverThrows() {
    Random random = new Random(11);
    String alphabet = "=?=?utf-8Bq_ *\n";
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(25); i > 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      assertThat(EncodedWord.decode(text.toString())).isNotNull();
    }
  }

  @Test
  void aTextAloneIsOnePart() throws IOException {
    assertThat(composed("Grüße", List.of()))
        .isEqualTo(
            """
            Subject: s
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: 8bit

            Grüße
            """);
  }

  @Test
  void filesFollowTheTextInMultipartMixed() throws IOException {
    byte[] data = new byte[100_000];
    new Random(1).nextBytes(data);
    var file =
        new MessageComposer.Attachment("/tmp/a \"b\".pdf", () -> new ByteArrayInputStream(data));

    String message = composed("text\n", List.of(file));

    assertThat(message)
        .startsWith(
            """
            Subject: s
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary="B0"

            This is a message with parts, in MIME format.

            --B0
            Content-Type: text/plain; charset=us-ascii
            Content-Transfer-Encoding: 7bit

            text

            --B0
            Content-Type: application/pdf
            Content-Disposition: attachment;
             filename="a \\"b\\".pdf"
            Content-Transfer-Encoding: base64

            """)
        .endsWith("\n\n--B0--\n");
    String body =
        message.substring(message.lastIndexOf("base64\n\n") + 8, message.lastIndexOf("\n\n--"));
    assertThat(Base64.getMimeDecoder().decode(body)).isEqualTo(data);
    assertThat(body.lines()).allMatch(line -> line.length() <= 76);
  }

  @Test
  void fileNamesBeyondAsciiAreEncoded() {
    assertThat(MessageComposer.fileName("Grüße.txt"))
        .isEqualTo("filename*=utf-8''Gr%C3%BC%C3%9Fe.txt");
    assertThat(MessageComposer.fileName("a\nb")).isEqualTo("filename=\"a_b\"");
  }

  private static String composed(String text, List<MessageComposer.Attachment> files)
      throws IOException {
    HeaderBlock header = new HeaderBlock();
    header.append("Subject", "s");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    MessageComposer.write(header, text.getBytes(StandardCharsets.UTF_8), files, "B0", out);
    return out.toString(StandardCharsets.UTF_8);
  }

  private static HeaderScanner scanner(String text, int limit) {
    return new HeaderScanner(
        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), limit);
  }

  private static List<HeaderField> fields(HeaderScanner scanner) throws IOException {
    List<HeaderField> fields = new ArrayList<>();
    for (HeaderField field = scanner.next(); field != null; field = scanner.next()) {
      fields.add(field);
    }
    return fields;
  }
}

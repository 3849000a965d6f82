package dev.postrider.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

class JsonLinesTest {
  private static final Instant NOW = Instant.parse("2026-11-20T09:21:28.042Z");

  private final JsonLines lines =
      new JsonLines(InstantSource.fixed(NOW), ZoneId.of("Europe/Berlin"), "mail", "postfix", 7);

  @Test
  void aLineHasItsPartsAsFields() throws IOException {
    assertThat(line(MailLog.Severity.WARNING, "smtpd", "hostname x does not resolve"))
        .isEqualTo(
            "{\"time\":\"2026-11-20T10:21:28.042+01:00\",\"level\":\"warning\",\"host\":\"mail\","
                + "\"program\":\"postfix/smtpd\",\"pid\":7,"
                + "\"message\":\"hostname x does not resolve\"}");
  }

  @Test
  void aDeliveryHasItsFields() throws IOException {
    Map<String, String> fields =
        parse(
            "4bXyZk1z3QnzF: to=<a@example.com>, orig_to=<b@example.com>,"
                + " relay=mx.example.com[192.0.2.1]:25, conn_use=2, delay=0.7,"
                + " delays=0.1/0/0.3/0.3, dsn=2.0.0, status=sent (250 Ok (really))");

    assertThat(fields)
        .containsEntry("queue_id", "4bXyZk1z3QnzF")
        .containsEntry("to", "a@example.com")
        .containsEntry("orig_to", "b@example.com")
        .containsEntry("relay", "mx.example.com[192.0.2.1]:25")
        .containsEntry("delay", "0.7")
        .containsEntry("delays", "0.1/0/0.3/0.3")
        .containsEntry("dsn", "2.0.0")
        .containsEntry("status", "sent")
        .containsEntry("reason", "250 Ok (really)");
  }

  @Test
  void neitherAnAddressNorAnAnswerIsTakenForAnotherField() throws IOException {
    String forged =
        ">, relay=evil[192.0.2.9]:25, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (x)";
    Map<String, String> fields =
        parse(
            "4F2A9C11: to=<\"a\\\""
                + forged
                + "\"@example.com>, relay=mx[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=5.0.0,"
                + " status=bounced (host said: 550 <b@c"
                + forged
                + ")");

    assertThat(fields)
        .containsEntry("queue_id", "4F2A9C11")
        .containsEntry("to", "\"a\\\"" + forged + "\"@example.com")
        .containsEntry("relay", "mx[192.0.2.1]:25")
        .containsEntry("status", "bounced")
        .containsEntry("reason", "host said: 550 <b@c" + forged);
  }

  @Test
  void onlyAQueueIdIsOne() {
    assertThat(QueueIdPrefix.of("4F2A9C11: removed")).isEqualTo("4F2A9C11");
    assertThat(QueueIdPrefix.of("4bXyZk1z3QnzF: removed")).isEqualTo("4bXyZk1z3QnzF");
    assertThat(QueueIdPrefix.of("NOQUEUE: reject: x")).isEmpty();
    assertThat(QueueIdPrefix.of("connect from x: y")).isEmpty();
    assertThat(QueueIdPrefix.of("statistics: x")).isEmpty();
    assertThat(QueueIdPrefix.of("")).isEmpty();
  }

  @Test
  void theWordOfACommandIsTheLevel() throws IOException {
    assertThat(parse("fatal: the mail system is already running"))
        .containsEntry("level", "fatal")
        .containsEntry("message", "the mail system is already running");
  }

  @Test
  void whateverTheTextALineIsOneObject() throws IOException {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    String pieces = "\"\\\n\r\t\0\u001b\u0085\u2028\u2029\ud800\udc00{}[],:<>()aé4F2A9C11: to=<";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder(random.nextBoolean() ? "4F2A9C11: to=<" : "");
      int length = random.nextInt(i % 100 == 0 ? 5_000 : 60);
      while (text.length() < length) {
        text.append(pieces.charAt(random.nextInt(pieces.length())));
      }
      assertThat(parse(text.toString())).containsKeys("time", "level", "program", "message");
    }
  }

  private String line(MailLog.Severity severity, String process, String text) {
    StringBuilder line = new StringBuilder();
    lines.append(line, severity, process, text);
    return line.toString();
  }

  /** By the bytes that are written, with another program's parser. */
  private Map<String, String> parse(String text) throws IOException {
    StringBuilder line = new StringBuilder();
    lines.append(line, MailLog.Severity.INFO, "smtp", text);
    String written = new String(LogLine.bytes(line), StandardCharsets.UTF_8);
    assertThat(written.chars()).noneMatch(c -> c < ' ' || (c >= 0x7f && c < 0xa0));
    Map<String, String> fields = new LinkedHashMap<>();
    try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), written)) {
      assertThat(parser.nextToken()).isEqualTo(JsonToken.START_OBJECT);
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        parser.nextToken();
        assertThat(fields.put(name, parser.getString())).as(name + " twice").isNull();
      }
      assertThat(parser.nextToken()).as("behind the object").isNull();
    }
    assertThat(OffsetDateTime.parse(fields.get("time")).toInstant()).isEqualTo(NOW);
    return fields;
  }
}

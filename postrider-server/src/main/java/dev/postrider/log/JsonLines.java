package dev.postrider.log;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object a line: {@code time}, {@code level}, {@code host}, {@code program}, {@code pid},
 * {@code queue_id} where a message is meant, {@code message} (the text of the other format without
 * its word for the level), and the fields of a {@link DeliveryFields delivery}.
 */
final class JsonLines implements LineFormat {
  private record Second(long number, String text, String offset) {}

  private static final DateTimeFormatter TO_THE_SECOND =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT);
  private static final DateTimeFormatter OFFSET = DateTimeFormatter.ofPattern("XXX", Locale.ROOT);

  /** Words that commands put in front of their text where the log has no such severity. */
  private static final List<String> WORDS = List.of("warning", "error", "fatal", "panic");

  private final InstantSource clock;
  private final ZoneId zone;
  private final String host;
  private final String name;
  private final long pid;
  private volatile Second last = new Second(Long.MIN_VALUE, "", "");

  JsonLines(InstantSource clock, ZoneId zone, String host, String name, long pid) {
    this.clock = clock;
    this.zone = zone;
    this.host = host;
    this.name = name;
    this.pid = pid;
  }

  @Override
  public void append(StringBuilder line, MailLog.Severity severity, String process, String text) {
    String level = severity.name().toLowerCase(Locale.ROOT);
    String message = text;
    int colon = severity == MailLog.Severity.INFO ? text.indexOf(": ") : -1;
    if (colon > 0 && WORDS.contains(text.substring(0, colon))) {
      level = text.substring(0, colon);
      message = text.substring(colon + 2);
    }
    line.append("{\"time\":\"");
    time(line);
    line.append('"');
    string(line, "level", level);
    string(line, "host", host);
    string(line, "program", process.isEmpty() ? name : name + "/" + process);
    line.append(",\"pid\":").append(pid);
    String id = QueueIdPrefix.of(message);
    if (!id.isEmpty()) {
      string(line, "queue_id", id);
    }
    string(line, "message", message);
    @Nullable DeliveryFields delivery =
        id.isEmpty() ? null : DeliveryFields.parse(message.substring(id.length() + 2));
    if (delivery != null) {
      delivery(line, delivery);
    }
    line.append('}');
  }

  private void time(StringBuilder line) {
    Instant now = clock.instant();
    Second second = last;
    if (second.number() != now.getEpochSecond()) {
      ZonedDateTime there = now.atZone(zone);
      second = new Second(now.getEpochSecond(), TO_THE_SECOND.format(there), OFFSET.format(there));
      last = second;
    }
    int millis = now.getNano() / 1_000_000;
    line.append(second.text()).append('.');
    line.append((char) ('0' + millis / 100));
    line.append((char) ('0' + millis / 10 % 10));
    line.append((char) ('0' + millis % 10));
    line.append(second.offset());
  }

  private static void delivery(StringBuilder line, DeliveryFields delivery) {
    string(line, "to", delivery.to());
    if (!delivery.originalTo().isEmpty()) {
      string(line, "orig_to", delivery.originalTo());
    }
    string(line, "relay", delivery.relay());
    string(line, "delay", delivery.delay());
    string(line, "delays", delivery.delays());
    string(line, "dsn", delivery.dsn());
    string(line, "status", delivery.status());
    string(line, "reason", delivery.reason());
  }

  private static void string(StringBuilder line, String field, String value) {
    line.append(",\"").append(field).append("\":\"");
    int end = Math.min(value.length(), LogLine.MOST_TEXT);
    for (int i = 0; i < end; i++) {
      char c = LogLine.harmless(value.charAt(i));
      if (c == '"' || c == '\\') {
        line.append('\\');
      }
      line.append(c);
    }
    line.append('"');
  }
}

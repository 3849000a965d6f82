package dev.postrider.log;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.util.Locale;

/** {@code Nov 20 09:21:28}, formatted once a second. Safe on any thread. */
final class LogStamp {
  private record Formatted(long second, String text) {}

  private final InstantSource clock;
  private final ZoneId zone;
  private volatile Formatted last = new Formatted(Long.MIN_VALUE, "");

  LogStamp(InstantSource clock, ZoneId zone) {
    this.clock = clock;
    this.zone = zone;
  }

  String now() {
    Instant moment = clock.instant();
    Formatted formatted = last;
    if (formatted.second() != moment.getEpochSecond()) {
      formatted = new Formatted(moment.getEpochSecond(), format(moment.atZone(zone)));
      last = formatted;
    }
    return formatted.text();
  }

  private static String format(ZonedDateTime time) {
    StringBuilder out = new StringBuilder(15);
    out.append(time.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH)).append(' ');
    int day = time.getDayOfMonth();
    out.append((char) (day < 10 ? ' ' : '0' + day / 10)).append((char) ('0' + day % 10));
    out.append(' ');
    twoDigits(out, time.getHour());
    out.append(':');
    twoDigits(out, time.getMinute());
    out.append(':');
    twoDigits(out, time.getSecond());
    return out.toString();
  }

  private static void twoDigits(StringBuilder out, int number) {
    out.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
  }
}

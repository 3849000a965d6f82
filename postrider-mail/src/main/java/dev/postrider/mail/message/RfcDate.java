package dev.postrider.mail.message;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Locale;
import java.util.TimeZone;

/**
 * Dates as Postfix writes them: {@code Fri, 20 Nov 2026 09:21:28 +0000 (UTC)}, a day of one digit
 * behind two spaces (RFC 5322 §3.3). Safe on any thread.
 */
public final class RfcDate {
  private static final String DAYS = "MonTueWedThuFriSatSun";
  private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

  private RfcDate() {}

  /** The moment in that zone, with the zone's short name as a comment. */
  public static String format(Instant moment, ZoneId zone) {
    ZonedDateTime time = moment.atZone(zone);
    StringBuilder out = new StringBuilder(40);
    threeLetters(out, DAYS, time.getDayOfWeek().getValue())
        .append(time.getDayOfMonth() < 10 ? ",  " : ", ");
    out.append(time.getDayOfMonth()).append(' ');
    threeLetters(out, MONTHS, time.getMonthValue()).append(' ');
    out.append(time.getYear()).append(' ');
    twoDigits(out, time.getHour()).append(':');
    twoDigits(out, time.getMinute()).append(':');
    twoDigits(out, time.getSecond()).append(' ');
    int minutes = time.getOffset().getTotalSeconds() / 60;
    out.append(minutes < 0 ? '-' : '+');
    twoDigits(out, Math.abs(minutes) / 60);
    twoDigits(out, Math.abs(minutes) % 60);
    String name = zoneName(time);
    return name.isEmpty() ? out.toString() : out.append(" (").append(name).append(')').toString();
  }

  private static String zoneName(ZonedDateTime time) {
    ZoneId zone = time.getZone();
    if (zone.normalized().equals(ZoneOffset.UTC)) {
      return "UTC";
    }
    boolean summer = zone.getRules().isDaylightSavings(time.toInstant());
    String name = TimeZone.getTimeZone(zone).getDisplayName(summer, TimeZone.SHORT, Locale.ENGLISH);
    // A comment ends at a parenthesis; names with digits only repeat the offset.
    return name.chars().allMatch(c -> c >= 'A' && c <= 'Z') ? name : "";
  }

  /** The {@code number}th three letters, counted from 1. */
  private static StringBuilder threeLetters(StringBuilder out, String names, int number) {
    return out.append(names, 3 * number - 3, 3 * number);
  }

  private static StringBuilder twoDigits(StringBuilder out, int number) {
    return out.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
  }
}

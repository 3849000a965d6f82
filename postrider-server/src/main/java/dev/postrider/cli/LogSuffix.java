package dev.postrider.cli;

import java.time.LocalDateTime;

/** The suffix of a rotated log: the strftime(3) letters that maillog_file_rotate_suffix uses. */
final class LogSuffix {
  private LogSuffix() {}

  static String now(String format) {
    LocalDateTime now = LocalDateTime.now(java.time.ZoneId.systemDefault());
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        out.append(c);
        continue;
      }
      switch (format.charAt(++i)) {
        case 'Y' -> out.append("%04d".formatted(now.getYear()));
        case 'm' -> out.append("%02d".formatted(now.getMonthValue()));
        case 'd' -> out.append("%02d".formatted(now.getDayOfMonth()));
        case 'H' -> out.append("%02d".formatted(now.getHour()));
        case 'M' -> out.append("%02d".formatted(now.getMinute()));
        case 'S' -> out.append("%02d".formatted(now.getSecond()));
        case '%' -> out.append('%');
        default -> out.append('%').append(format.charAt(i));
      }
    }
    return out.toString();
  }
}

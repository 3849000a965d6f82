package dev.postrider.queue;

/**
 * Spans of time as delivery lines have them: seconds with two significant digits, a limited number
 * of decimals, no zeros at the end.
 */
final class DelayFormat {
  private static final long[] POWERS = {1, 10, 100, 1_000, 10_000, 100_000, 1_000_000};

  private DelayFormat() {}

  /**
   * @param resolution delay_logging_resolution_limit: at most so many decimals, 0 to 6
   */
  static void append(StringBuilder out, long nanos, int resolution) {
    long micros = Math.max(0, nanos) / 1_000;
    int decimals = Math.min(decimals(micros), resolution);
    long unit = POWERS[6 - decimals];
    long rounded = (micros + unit / 2) / unit;
    long scale = POWERS[decimals];
    out.append(rounded / scale);
    long fraction = rounded % scale;
    if (fraction == 0) {
      return;
    }
    out.append('.');
    for (long digit = scale / 10; digit > 0 && fraction > 0; digit /= 10) {
      out.append((char) ('0' + fraction / digit));
      fraction %= digit;
    }
  }

  /** Decimals that leave two significant digits: none from ten seconds up, one from one second. */
  private static int decimals(long micros) {
    long bound = 10_000_000;
    int decimals = 0;
    while (micros < bound && decimals < 6) {
      bound /= 10;
      decimals++;
    }
    return decimals;
  }
}

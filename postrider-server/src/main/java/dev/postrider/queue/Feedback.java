package dev.postrider.queue;

/**
 * How fast a destination's concurrency moves: {@code number}, {@code number/concurrency} or {@code
 * number/sqrt_concurrency} of postconf(5). Immutable.
 */
record Feedback(double number, Scale scale) {
  enum Scale {
    CONSTANT,
    BY_CONCURRENCY,
    BY_SQUARE_ROOT
  }

  static final Feedback ONE = new Feedback(1, Scale.CONSTANT);

  /** Reads a setting; what cannot be read moves by one, the default. */
  static Feedback parse(String text) {
    int slash = text.indexOf('/');
    String number = slash < 0 ? text : text.substring(0, slash);
    String divisor = slash < 0 ? "" : text.substring(slash + 1).strip();
    try {
      double value = Double.parseDouble(number.strip());
      return switch (divisor) {
        case "" -> new Feedback(value, Scale.CONSTANT);
        case "concurrency" -> new Feedback(value, Scale.BY_CONCURRENCY);
        case "sqrt_concurrency" -> new Feedback(value, Scale.BY_SQUARE_ROOT);
        default -> new Feedback(value / Double.parseDouble(divisor), Scale.CONSTANT);
      };
    } catch (NumberFormatException _) {
      return ONE;
    }
  }

  double at(double concurrency) {
    return switch (scale) {
      case CONSTANT -> number;
      case BY_CONCURRENCY -> number / Math.max(1, concurrency);
      case BY_SQUARE_ROOT -> number / Math.sqrt(Math.max(1, concurrency));
    };
  }
}

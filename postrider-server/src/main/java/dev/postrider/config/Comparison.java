package dev.postrider.config;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An operator of a relational expression in main.cf. */
enum Comparison {
  EQUAL,
  NOT_EQUAL,
  LESS,
  LESS_OR_EQUAL,
  GREATER_OR_EQUAL,
  GREATER;

  /** All of them, as Postfix lists them when none is found. */
  static final String ANY = "\"==\" or \"!=\"\" or \"<\"\" or \"<=\"\" or \">=\"\" or \">\"";

  static @Nullable Comparison of(String operator) {
    return switch (operator) {
      case "==" -> EQUAL;
      case "!=" -> NOT_EQUAL;
      case "<" -> LESS;
      case "<=" -> LESS_OR_EQUAL;
      case ">=" -> GREATER_OR_EQUAL;
      case ">" -> GREATER;
      default -> null;
    };
  }

  boolean holds(int order) {
    return switch (this) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case LESS -> order < 0;
      case LESS_OR_EQUAL -> order <= 0;
      case GREATER_OR_EQUAL -> order >= 0;
      case GREATER -> order > 0;
    };
  }

  /** By number if both are digits only, else by bytes. */
  static int order(String left, String right) throws ConfigException {
    if (Separators.allDigits(left) && Separators.allDigits(right)) {
      return Long.compare(number(left), number(right));
    }
    return Arrays.compareUnsigned(
        left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
  }

  private static long number(String digits) throws ConfigException {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw new ConfigException("mac_exp_eval: bad conversion: " + digits, e);
    }
  }
}

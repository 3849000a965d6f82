package dev.postrider.sieve;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How values of a message are compared with the keys of a test (RFC 5228 §2.7, RFC 5231).
 * Immutable.
 *
 * @param type how
 * @param relation of {@code :count} and {@code :value}, else null
 * @param collation of which characters are the same
 */
record Comparison(Type type, @Nullable Relation relation, Collation collation) {
  /** A match type. */
  enum Type {
    IS,
    CONTAINS,
    MATCHES,
    COUNT,
    VALUE
  }

  /** What may stand behind {@code :count} and {@code :value}. */
  enum Relation {
    GT,
    GE,
    LT,
    LE,
    EQ,
    NE;

    private boolean holds(int order) {
      return switch (this) {
        case GT -> order > 0;
        case GE -> order >= 0;
        case LT -> order < 0;
        case LE -> order <= 0;
        case EQ -> order == 0;
        case NE -> order != 0;
      };
    }

    private static Relation of(String word) throws ScriptProblem {
      for (Relation each : values()) {
        if (each.name().equalsIgnoreCase(word)) {
          return each;
        }
      }
      throw new ScriptProblem("\"" + word + "\" is no relation; use gt, ge, lt, le, eq or ne");
    }
  }

  /**
   * What a call of a test asks for.
   *
   * @throws ScriptProblem if there is no such way of comparing
   */
  static Comparison of(Call call) throws ScriptProblem {
    Collation collation = Collation.of(call.text(":comparator"));
    @Nullable String relation = call.text(":count");
    Type type = Type.COUNT;
    if (relation == null) {
      relation = call.text(":value");
      type = Type.VALUE;
    }
    if (relation != null) {
      return new Comparison(type, Relation.of(relation), collation);
    }
    type =
        switch (call.oneOf(List.of(":contains", ":matches"), ":is")) {
          case ":contains" -> Type.CONTAINS;
          case ":matches" -> Type.MATCHES;
          default -> Type.IS;
        };
    if (type != Type.IS && collation == Collation.NUMERIC) {
      throw new ScriptProblem("numbers (i;ascii-numeric) have no :contains and no :matches");
    }
    return new Comparison(type, null, collation);
  }

  /**
   * Whether one of the values fits one of the keys.
   *
   * @param work what it may cost
   */
  boolean fits(List<String> values, List<String> keys, Work work) throws Work.Exhausted {
    List<String> compared = type == Type.COUNT ? List.of(Integer.toString(values.size())) : values;
    for (String value : compared) {
      String folded = collation.folded(value);
      for (String key : keys) {
        if (fits(folded, collation.folded(key), work)) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean fits(String value, String key, Work work) throws Work.Exhausted {
    work.add(Math.min(value.length(), key.length()) + 1);
    return switch (type) {
      case IS -> collation.compare(value, key) == 0;
      case CONTAINS -> Glob.contains(value, key, work);
      case MATCHES -> Glob.matches(value, key, work);
      case COUNT, VALUE -> relation != null && relation.holds(collation.compare(value, key));
    };
  }
}

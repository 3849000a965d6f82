package dev.postrider.config;

import org.jspecify.annotations.Nullable;

/**
 * Expands {@code $name ${name} $(name) ${name?text} ${name:text} ${name?{a}:{b}}} and {@code ${{l}
 * op {r}?{a}:{b}}}, recursively, as postconf(5) describes. For one use on one thread.
 *
 * <p>Depth and work are limited: two dozen settings that each name the one before twice would
 * otherwise keep a daemon busy for a year.
 */
public final class Expansion {
  /** Where names are looked up. */
  public interface Names {
    /**
     * The value of a name, unexpanded, or null if there is none.
     *
     * @throws ConfigException if it is made from something that is wrong
     */
    @Nullable String value(String name) throws ConfigException;

    /** Whether a value is taken as it stands, because its {@code $name} mean something else. */
    boolean raw(String name);

    /** Told of each name whose value goes into the result, or would if there were one. */
    default void used(String name, boolean known) {}
  }

  private static final int DEPTH_LIMIT = 101;
  private static final int STEP_LIMIT = 100_000;
  private static final int LENGTH_LIMIT = 1 << 20;
  private static final String TRUE = "true";

  private final Names names;
  private final boolean scan;
  private int depth;
  private int steps;

  private Expansion(Names names, boolean scan) {
    this.names = names;
    this.scan = scan;
  }

  /**
   * The text with every reference replaced; an unknown name is empty.
   *
   * @throws ConfigException saying what is wrong in the expression, worded as Postfix does
   */
  public static String expand(String text, Names names) throws ConfigException {
    if (text.indexOf('$') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    new Expansion(names, false).parse(text, out);
    return out.toString();
  }

  /**
   * Looks up each name that a text mentions, in both arms of a condition, without expanding what is
   * found: to learn which names are used.
   */
  public static void mention(String text, Names names) throws ConfigException {
    if (text.indexOf('$') >= 0) {
      new Expansion(names, true).parse(text, new StringBuilder());
    }
  }

  private void parse(String text, StringBuilder out) throws ConfigException {
    if (++steps > STEP_LIMIT || out.length() > LENGTH_LIMIT) {
      throw new ConfigException("unreasonable macro expansion: \"" + shortened(text) + "\"");
    }
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c != '$') {
        int dollar = text.indexOf('$', at);
        int end = dollar < 0 ? text.length() : dollar;
        literal(text.substring(at, end), out);
        at = end;
      } else if (at + 1 < text.length() && text.charAt(at + 1) == '$') {
        literal("$", out);
        at += 2;
      } else {
        at = reference(text, at + 1, out);
      }
    }
  }

  private void literal(String text, StringBuilder out) {
    if (!scan) {
      out.append(text);
    }
  }

  /** Expands one reference whose dollar sign was read; answers where it ends. */
  private int reference(String text, int from, StringBuilder out) throws ConfigException {
    int end = from;
    String inner;
    if (from < text.length() && (text.charAt(from) == '{' || text.charAt(from) == '(')) {
      end = closing(text, from);
      if (end < 0) {
        throw new ConfigException("truncated macro reference: \"" + text + "\"");
      }
      inner = text.substring(from + 1, end);
      end++;
    } else {
      while (end < text.length() && Separators.isNameCharacter(text.charAt(end))) {
        end++;
      }
      inner = text.substring(from, end);
    }
    if (inner.isEmpty()) {
      throw new ConfigException("empty macro name: \"" + text + "\"");
    }
    if (++depth > DEPTH_LIMIT) {
      throw new ConfigException("unreasonable macro call nesting: \"" + shortened(inner) + "\"");
    }
    expression(inner, out);
    depth--;
    return end;
  }

  private void expression(String inner, StringBuilder out) throws ConfigException {
    int brace = Separators.skipSpace(inner, 0);
    if (brace < inner.length() && inner.charAt(brace) == '{') {
      relation(inner, brace, out);
      return;
    }
    int at = brace;
    while (at < inner.length() && Separators.isNameCharacter(inner.charAt(at))) {
      at++;
    }
    String name = inner.substring(brace, at);
    int after = Separators.skipSpace(inner, at);
    if (after == inner.length()) {
      use(name, out);
      return;
    }
    char operator = inner.charAt(after);
    if (operator == '{') {
      function(name, inner, after, out);
    } else if (operator == '?' || operator == ':') {
      String value = names.value(name);
      choose(inner, after, value != null && !value.isEmpty(), out);
    } else {
      throw new ConfigException(
          "attribute name syntax error at: \"..."
              + inner.substring(0, at)
              + ">>>"
              + first20(inner, at)
              + "\"");
    }
  }

  private void use(String name, StringBuilder out) throws ConfigException {
    String value = names.value(name);
    if (!scan) {
      names.used(name, value != null);
    }
    if (value == null || scan) {
      return;
    }
    if (names.raw(name)) {
      out.append(value);
    } else {
      parse(value, out);
    }
  }

  /** {@code ?yes}, {@code :no} or {@code ?{yes}:{no}}; both arms are read when scanning. */
  private void choose(String inner, int operator, boolean condition, StringBuilder out)
      throws ConfigException {
    int at = operator;
    if (inner.charAt(at) == '?') {
      Operand yes = operand(inner, at + 1);
      if (condition || scan) {
        parse(yes.text, out);
      }
      if (yes.end == inner.length()) {
        return;
      }
      if (inner.charAt(yes.end) != ':') {
        throw new ConfigException(
            "\":\" expected at: \"..." + yes.text + "}>>>" + first20(inner, yes.end) + "\"");
      }
      at = yes.end;
    }
    Operand no = operand(inner, at + 1);
    if (!condition || scan) {
      parse(no.text, out);
    }
    if (no.end != inner.length()) {
      throw new ConfigException(
          "unexpected input at: \"..." + no.text + "}>>>" + first20(inner, no.end) + "\"");
    }
  }

  private void relation(String inner, int brace, StringBuilder out) throws ConfigException {
    Operand left = braced(inner, brace);
    int operatorEnd = left.end;
    while (operatorEnd < inner.length()
        && "<>!=?+-*/~&|%".indexOf(inner.charAt(operatorEnd)) >= 0) {
      operatorEnd++;
    }
    Comparison comparison = Comparison.of(inner.substring(left.end, operatorEnd));
    if (comparison == null) {
      throw new ConfigException(
          Comparison.ANY
              + " expected at: \"..."
              + left.text
              + "}>>>"
              + first20(inner, left.end)
              + "\"");
    }
    int suffixEnd = operatorEnd;
    while (suffixEnd < inner.length()
        && Separators.isNameCharacter(inner.charAt(suffixEnd))
        && inner.charAt(suffixEnd) != '_') {
      suffixEnd++;
    }
    String suffix = inner.substring(operatorEnd, suffixEnd);
    if (!suffix.isEmpty() && !suffix.equals("level")) {
      throw new ConfigException(
          "bad operator suffix at: \"..."
              + inner.substring(left.end, operatorEnd)
              + ">>>"
              + suffix
              + "\"");
    }
    int open = Separators.skipSpace(inner, suffixEnd);
    if (open == inner.length() || inner.charAt(open) != '{') {
      throw new ConfigException(
          "\"{expression}\" expected at: \"...{"
              + left.text
              + "} "
              + inner.substring(left.end, operatorEnd)
              + ">>>"
              + first20(inner, suffixEnd)
              + "\"");
    }
    Operand right = braced(inner, open);
    boolean holds = compare(left.text, comparison, suffix, right.text);
    if (right.end == inner.length()) {
      literal(holds ? TRUE : "", out);
      return;
    }
    char operator = inner.charAt(right.end);
    if (operator != '?' && operator != ':') {
      throw new ConfigException(
          "\"?\" or \":\" expected at: \"...}>>>" + first20(inner, right.end) + "\"");
    }
    choose(inner, right.end, holds, out);
  }

  private boolean compare(String left, Comparison comparison, String suffix, String right)
      throws ConfigException {
    StringBuilder leftValue = new StringBuilder();
    StringBuilder rightValue = new StringBuilder();
    parse(left, leftValue);
    parse(right, rightValue);
    if (scan) {
      return false;
    }
    String one = leftValue.toString();
    String other = rightValue.toString();
    return comparison.holds(
        suffix.isEmpty()
            ? Comparison.order(one, other)
            : CompatibilityLevel.parse(one).compareTo(CompatibilityLevel.parse(other)));
  }

  private void function(String name, String inner, int brace, StringBuilder out)
      throws ConfigException {
    Operand argument = braced(inner, brace);
    String text = Separators.strip(argument.text);
    if (argument.end != inner.length()) {
      throw new ConfigException(
          "unexpected input at: \"..." + text + "}>>>" + first20(inner, argument.end) + "\"");
    }
    StringBuilder value = new StringBuilder();
    parse(text, value);
    String result =
        switch (name) {
          case "domain_to_ascii" -> DomainForm.ascii(value.toString());
          case "domain_to_utf8" -> DomainForm.unicode(value.toString());
          default ->
              throw new ConfigException(
                  "unknown function \"" + name + "\" at\"...>>>" + name + "{" + text + "}\"");
        };
    literal(result, out);
  }

  /**
   * @param end after the operand and the white space behind it
   */
  private record Operand(String text, int end) {}

  /** An operand in braces, or all of the rest. */
  private static Operand operand(String inner, int from) throws ConfigException {
    int at = Separators.skipSpace(inner, from);
    if (at < inner.length() && inner.charAt(at) == '{') {
      return braced(inner, at);
    }
    return new Operand(inner.substring(from), inner.length());
  }

  private static Operand braced(String inner, int open) throws ConfigException {
    int close = closing(inner, open);
    if (close < 0) {
      throw new ConfigException(
          "unbalanced {} in attribute expression: \"" + inner.substring(open) + "\"");
    }
    return new Operand(inner.substring(open + 1, close), Separators.skipSpace(inner, close + 1));
  }

  /** Where the bracket at {@code open} is closed, or -1; only its own kind counts. */
  private static int closing(String text, int open) {
    char opening = text.charAt(open);
    char closing = opening == '{' ? '}' : ')';
    int level = 0;
    for (int i = open; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == opening) {
        level++;
      } else if (c == closing && --level == 0) {
        return i;
      }
    }
    return -1;
  }

  private static String first20(String text, int from) {
    return text.substring(from, Math.min(text.length(), from + 20));
  }

  private static String shortened(String text) {
    return text.length() > 100 ? text.substring(0, 100) + "..." : text;
  }
}

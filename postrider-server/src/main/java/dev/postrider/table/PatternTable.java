package dev.postrider.table;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** The rules of a regexp or pcre table, tried in order. Immutable. */
final class PatternTable implements Content {
  /**
   * One rule.
   *
   * @param result null for IF
   * @param end for IF: the index of the rule behind its ENDIF
   */
  private record Rule(
      Pattern pattern, boolean negated, @Nullable Substitution result, int end, int line) {}

  /** A rule that cannot be read; the message is Postfix's. */
  private static final class BadRule extends Exception {
    @java.io.Serial private static final long serialVersionUID = 1L;

    BadRule(String message) {
      super(message);
    }
  }

  /** How long one lookup may take: far longer than any sane table needs. */
  private static final long PATIENCE_NANOS = 2_000_000_000L;

  private final String path;
  private final PatternSyntax syntax;

  /** Whether results hold no part of what was looked up. */
  private final boolean fixed;

  private final List<Rule> rules = new ArrayList<>();
  private final Deque<Integer> open = new ArrayDeque<>();
  private final List<String> notes = new ArrayList<>();

  private PatternTable(String path, PatternSyntax syntax, boolean fixed) {
    this.path = path;
    this.syntax = syntax;
    this.fixed = fixed;
  }

  static Loaded parse(String path, byte[] bytes, PatternSyntax syntax) {
    return parse(path, bytes, new PatternTable(path, syntax, false));
  }

  /** Leaves out rules whose result would hold a part of what was looked up. */
  static Loaded parseFixed(String path, byte[] bytes, PatternSyntax syntax) {
    return parse(path, bytes, new PatternTable(path, syntax, true));
  }

  private static Loaded parse(String path, byte[] bytes, PatternTable table) {
    LogicalLines lines = new LogicalLines(path, bytes);
    List<String> faults = new ArrayList<>();
    for (var next = lines.next(); next.isPresent(); next = lines.next()) {
      LogicalLines.Line line = next.get();
      try {
        table.add(MapSource.trim(line.text(), 0), line.first());
      } catch (BadRule e) {
        faults.add(table.place(line.first()) + e.getMessage());
      }
    }
    while (!table.open.isEmpty()) {
      int index = table.open.pop();
      faults.add(table.place(table.rules.get(index).line()) + "IF has no matching ENDIF");
      table.close(index);
    }
    faults.addAll(lines.faults());
    return new Loaded(table, faults, table.notes);
  }

  private String place(int line) {
    return syntax.word() + " map " + path + ", line " + line + ": ";
  }

  private void add(String text, int line) throws BadRule {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.startsWith("endif") && (text.length() == 5 || !isWordPart(text.charAt(5)))) {
      if (open.isEmpty()) {
        throw new BadRule("ignoring ENDIF without matching IF");
      }
      if (text.length() > 5) {
        notes.add(place(line) + "ignoring extra text after ENDIF");
      }
      close(open.pop());
      return;
    }
    if (lower.startsWith("if") && text.length() > 2 && !isWordPart(text.charAt(2))) {
      Head head = head(MapSource.trim(text, 2));
      if (!head.rest().isEmpty()) {
        notes.add(place(line) + "ignoring extra text after IF statement: \"" + head.rest() + "\"");
      }
      open.push(rules.size());
      rules.add(new Rule(head.pattern(), head.negated(), null, -1, line));
      return;
    }
    if (text.startsWith("!") || (!text.isEmpty() && !isWordPart(text.charAt(0)))) {
      addRule(head(text), line);
      return;
    }
    throw new BadRule("ignoring unrecognized request");
  }

  private void addRule(Head head, int line) throws BadRule {
    if (head.rest().isEmpty()) {
      notes.add(place(line) + "no replacement text: using empty string");
    }
    Substitution result;
    try {
      result = Substitution.parse(head.rest());
    } catch (Substitution.Bad e) {
      throw new BadRule(String.valueOf(e.getMessage()));
    }
    if (head.negated() && result.largest() > 0) {
      throw new BadRule("$number found in negative match replacement text: skipping this rule");
    }
    if (result.largest() > head.pattern().matcher("").groupCount()) {
      throw new BadRule(
          "out of range replacement index \"" + result.largest() + "\": skipping this rule");
    }
    if (fixed && result.largest() > 0) {
      throw new BadRule("regular expression substitution is not allowed: skipping this rule");
    }
    rules.add(new Rule(head.pattern(), head.negated(), result, -1, line));
  }

  private record Head(Pattern pattern, boolean negated, String rest) {}

  /** {@code !/pattern/flags} and what follows. */
  private Head head(String text) throws BadRule {
    int start = 0;
    boolean negated = false;
    while (start < text.length()
        && (text.charAt(start) == '!' || LogicalLines.isSpace(text.charAt(start)))) {
      negated ^= text.charAt(start) == '!';
      start++;
    }
    if (start == text.length()) {
      throw new BadRule("no regexp: skipping this rule");
    }
    char delimiter = text.charAt(start);
    int end = start + 1;
    while (end < text.length() && text.charAt(end) != delimiter) {
      end += text.charAt(end) == '\\' && end + 1 < text.length() ? 2 : 1;
    }
    if (end >= text.length()) {
      throw new BadRule(
          "no closing regexp delimiter \""
              + delimiter
              + "\": "
              + (syntax == PatternSyntax.PCRE ? "ignoring" : "skipping")
              + " this rule");
    }
    int flagsEnd = end + 1;
    while (flagsEnd < text.length() && !LogicalLines.isSpace(text.charAt(flagsEnd))) {
      flagsEnd++;
    }
    String flags = text.substring(end + 1, flagsEnd);
    @Nullable Character unknown = syntax.unknownFlag(flags);
    if (unknown != null) {
      throw new BadRule("unknown regexp option \"" + unknown + "\": skipping this rule");
    }
    try {
      Pattern pattern = syntax.compile(text.substring(start + 1, end), flags);
      return new Head(pattern, negated, MapSource.trim(text, flagsEnd));
    } catch (PatternSyntaxException e) {
      throw new BadRule(
          switch (syntax) {
            case REGEXP -> e.getDescription() + ": skipping this rule";
            case PCRE ->
                "error in regex at offset " + Math.max(0, e.getIndex()) + ": " + e.getDescription();
          });
    }
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c);
  }

  private void close(int index) {
    Rule begun = rules.get(index);
    rules.set(index, new Rule(begun.pattern(), begun.negated(), null, rules.size(), begun.line()));
  }

  /** What the rules say, and the line of the one that said it. */
  private record Match(Lookup lookup, int line) {}

  @Override
  public Lookup lookup(String key) {
    return match(key).lookup();
  }

  @Override
  public int line(String key) {
    return match(key).line();
  }

  private Match match(String key) {
    BoundedText text = new BoundedText(key, System.nanoTime() + PATIENCE_NANOS);
    int i = 0;
    while (i < rules.size()) {
      Rule rule = rules.get(i);
      Matcher matcher = rule.pattern().matcher(text);
      boolean matches;
      try {
        matches = matcher.find() != rule.negated();
      } catch (BoundedText.Expired | StackOverflowError e) {
        return new Match(
            new Lookup.Unavailable(
                place(rule.line()) + "the expression takes too long; make it simpler"),
            rule.line());
      }
      @Nullable Substitution result = rule.result();
      if (result == null) {
        i = matches ? i + 1 : rule.end();
      } else if (matches) {
        return new Match(
            new Lookup.Found(result.expand(rule.negated() ? null : matcher)), rule.line());
      } else {
        i++;
      }
    }
    return new Match(new Lookup.NotFound(), 0);
  }
}

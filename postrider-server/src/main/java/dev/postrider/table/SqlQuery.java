package dev.postrider.table;

import dev.postrider.config.ConfigException;
import java.util.ArrayList;
import java.util.List;

/**
 * A query with parts of a key in it. Where each part stands is known from the quotes around it, and
 * it is written so that it cannot leave them: whatever an address holds, it is a value. Outside of
 * quotes a part is put into quotes of its own; where nothing can make it harmless (a comment, the
 * middle of a word), the query is refused. Immutable.
 */
final class SqlQuery {
  /** Between which quotes a place is. */
  private enum Quotes {
    NONE,
    SINGLE,
    /** With backslashes that mean something: {@code E'...'} and {@code U&'...'} of PostgreSQL. */
    ESCAPED,
    DOUBLE,
    BACKTICK,
    /** Where no part of a key may be. */
    FORBIDDEN
  }

  private sealed interface Segment {
    record Fixed(String text) implements Segment {}

    record Inserted(KeyFormat.Piece.Part part, Quotes quotes) implements Segment {}
  }

  private final SqlDialect dialect;
  private final List<Segment> segments = new ArrayList<>();

  /** The quotes at the place where the scanner is, and what ends a forbidden stretch. */
  private Quotes quotes = Quotes.NONE;

  private String end = "";
  private int depth;
  private char before = ' ';

  private SqlQuery(SqlDialect dialect) {
    this.dialect = dialect;
  }

  /**
   * Finds the quotes around each part.
   *
   * @throws ConfigException when a part stands where it could become SQL
   */
  static SqlQuery of(SqlDialect dialect, KeyFormat.Text text) throws ConfigException {
    SqlQuery query = new SqlQuery(dialect);
    for (KeyFormat.Piece piece : text.pieces()) {
      switch (piece) {
        case KeyFormat.Piece.Literal(String literal) -> {
          query.scan(literal);
          query.segments.add(new Segment.Fixed(literal));
        }
        case KeyFormat.Piece.Part part -> {
          query.check(part);
          query.segments.add(new Segment.Inserted(part, query.quotes));
          // What a part ends with is not known, so nothing may lean on it.
          query.before = query.quotes == Quotes.NONE ? '\'' : ' ';
        }
      }
    }
    return query;
  }

  private void check(KeyFormat.Piece.Part part) throws ConfigException {
    boolean leaning =
        quotes == Quotes.NONE
            && (Character.isLetterOrDigit(before) || "'\"`_$&@.]".indexOf(before) >= 0);
    if (quotes == Quotes.FORBIDDEN || leaning) {
      throw new ConfigException(
          "query: an address could change the SQL where %%%s stands; write it as '%%%s'"
              .formatted(part.letter(), part.letter()));
    }
  }

  /** The query for a key. */
  String of(KeyFormat.Parts parts) {
    StringBuilder out = new StringBuilder();
    for (Segment segment : segments) {
      switch (segment) {
        case Segment.Fixed(String text) -> out.append(text);
        case Segment.Inserted(KeyFormat.Piece.Part part, Quotes around) ->
            write(out, parts.of(part), around);
      }
    }
    return out.toString();
  }

  private void write(StringBuilder out, String text, Quotes around) {
    switch (around) {
      case NONE -> {
        out.append('\'');
        write(out, text, Quotes.SINGLE);
        out.append('\'');
      }
      case SINGLE -> escape(out, text, '\'', dialect == SqlDialect.MYSQL);
      case ESCAPED -> escape(out, text, '\'', true);
      // With ANSI_QUOTES a name, else a text: the quote is doubled in both.
      case DOUBLE -> escape(out, text, '"', dialect == SqlDialect.MYSQL);
      case BACKTICK -> escape(out, text, '`', false);
      case FORBIDDEN -> throw new IllegalStateException("refused when the query was read");
    }
  }

  private static void escape(StringBuilder out, String text, char quote, boolean backslashes) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == quote || (backslashes && c == '\\')) {
        out.append(c);
      }
      out.append(c);
    }
  }

  private void scan(String text) {
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      int next =
          switch (quotes) {
            case NONE -> open(text, i);
            case SINGLE -> inside(text, i, '\'', dialect == SqlDialect.MYSQL);
            case ESCAPED -> inside(text, i, '\'', true);
            case DOUBLE -> inside(text, i, '"', dialect == SqlDialect.MYSQL);
            case BACKTICK -> inside(text, i, '`', false);
            case FORBIDDEN -> skip(text, i);
          };
      before = next == i + 1 ? c : text.charAt(next - 1);
      i = next;
    }
  }

  private int open(String text, int i) {
    char c = text.charAt(i);
    switch (c) {
      case '\'' -> quotes = isEscaped(text, i) ? Quotes.ESCAPED : Quotes.SINGLE;
      case '"' -> quotes = Quotes.DOUBLE;
      case '`' -> quotes = dialect == SqlDialect.PGSQL ? Quotes.NONE : Quotes.BACKTICK;
      case '[' -> {
        if (dialect == SqlDialect.SQLITE) {
          forbid("]");
        }
      }
      case '#' -> {
        if (dialect == SqlDialect.MYSQL) {
          forbid("\n");
        }
      }
      case '-' -> {
        boolean comment =
            text.startsWith("--", i)
                && (dialect != SqlDialect.MYSQL
                    || i + 2 == text.length()
                    || text.charAt(i + 2) <= ' ');
        if (comment) {
          forbid("\n");
          return i + 2;
        }
      }
      case '/' -> {
        if (text.startsWith("/*", i)) {
          forbid("*/");
          return i + 2;
        }
      }
      case '$' -> {
        int close = dollar(text, i);
        if (close > 0) {
          forbid(text.substring(i, close));
          return close;
        }
      }
      default -> {}
    }
    return i + 1;
  }

  private void forbid(String until) {
    quotes = Quotes.FORBIDDEN;
    end = until;
    depth = 1;
  }

  /** Where the opening {@code $tag$} of PostgreSQL ends; 0 if none begins here. */
  private int dollar(String text, int i) {
    if (dialect != SqlDialect.PGSQL || Character.isLetterOrDigit(before) || before == '_') {
      return 0;
    }
    int at = i + 1;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
      at++;
    }
    boolean tag = at == i + 1 || !Character.isDigit(text.charAt(i + 1));
    return tag && at < text.length() && text.charAt(at) == '$' ? at + 1 : 0;
  }

  private boolean isEscaped(String text, int i) {
    if (dialect != SqlDialect.PGSQL || i == 0) {
      return false;
    }
    char prefix = text.charAt(i - 1);
    return prefix == 'E' || prefix == 'e' || prefix == '&';
  }

  private int inside(String text, int i, char quote, boolean backslashes) {
    char c = text.charAt(i);
    boolean pair =
        i + 1 < text.length()
            && ((backslashes && c == '\\') || (c == quote && text.charAt(i + 1) == quote));
    if (pair) {
      return i + 2;
    }
    if (c == quote) {
      quotes = Quotes.NONE;
    }
    return i + 1;
  }

  private int skip(String text, int i) {
    if (end.equals("*/") && dialect == SqlDialect.PGSQL && text.startsWith("/*", i)) {
      depth++;
      return i + 2;
    }
    if (text.startsWith(end, i)) {
      if (--depth == 0) {
        quotes = Quotes.NONE;
      }
      return i + end.length();
    }
    return i + 1;
  }
}

package dev.postrider.table;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/**
 * A result with {@code $1}, <code>${1}</code> and {@code $(1)} in it; {@code $$} is a dollar sign.
 * Immutable.
 *
 * @param pieces literal text and group numbers in turn, beginning with text
 * @param groups the group numbers
 */
record Substitution(List<String> pieces, List<Integer> groups) {
  /** A text that cannot be read; the message is Postfix's. */
  static final class Bad extends Exception {
    @java.io.Serial private static final long serialVersionUID = 1L;

    Bad(String message) {
      super(message);
    }
  }

  Substitution {
    pieces = List.copyOf(pieces);
    groups = List.copyOf(groups);
  }

  static Substitution parse(String text) throws Bad {
    List<String> pieces = new ArrayList<>();
    List<Integer> groups = new ArrayList<>();
    StringBuilder piece = new StringBuilder();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i++);
      if (c != '$') {
        piece.append(c);
        continue;
      }
      if (i < text.length() && text.charAt(i) == '$') {
        piece.append('$');
        i++;
        continue;
      }
      char open = i < text.length() ? text.charAt(i) : ' ';
      boolean wrapped = open == '{' || open == '(';
      int start = wrapped ? i + 1 : i;
      int end = start;
      while (end < text.length() && isName(text.charAt(end))) {
        end++;
      }
      boolean closed =
          !wrapped || (end < text.length() && text.charAt(end) == (open == '{' ? '}' : ')'));
      if (end == start || !closed) {
        throw new Bad("bad replacement syntax: skipping this rule");
      }
      groups.add(number(text.substring(start, end)));
      pieces.add(piece.toString());
      piece.setLength(0);
      i = wrapped ? end + 1 : end;
    }
    pieces.add(piece.toString());
    return new Substitution(pieces, groups);
  }

  private static boolean isName(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  private static int number(String name) throws Bad {
    try {
      int number = Integer.parseInt(name);
      if (number < 1) {
        throw new Bad("out of range replacement index \"" + name + "\": skipping this rule");
      }
      return number;
    } catch (NumberFormatException e) {
      throw new Bad("non-numeric replacement index \"" + name + "\"");
    }
  }

  /** The largest group asked for; 0 for none. */
  int largest() {
    return groups.stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  String expand(@Nullable Matcher matcher) {
    if (groups.isEmpty() || matcher == null) {
      return pieces.getFirst();
    }
    StringBuilder out = new StringBuilder(pieces.getFirst());
    for (int i = 0; i < groups.size(); i++) {
      @Nullable String group = matcher.group(groups.get(i));
      out.append(group == null ? "" : group).append(pieces.get(i + 1));
    }
    return out.toString();
  }
}

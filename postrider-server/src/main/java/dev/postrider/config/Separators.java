package dev.postrider.config;

import java.util.ArrayList;
import java.util.List;

/** White space and list separators as C programs of the same locale see them: ASCII only. */
public final class Separators {
  private Separators() {}

  public static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  public static boolean isSpaceOrComma(char c) {
    return c == ',' || isSpace(c);
  }

  /** The first index at or after {@code from} that holds no white space. */
  public static int skipSpace(String text, int from) {
    int at = from;
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  /** Says what parts words. */
  @FunctionalInterface
  interface Separator {
    boolean is(char c);
  }

  /** The words of a text, as written; text in braces stays together, braces included. */
  static List<String> split(String text, Separator separator) {
    List<String> words = new ArrayList<>();
    int start = -1;
    int level = 0;
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      if (level == 0 && separator.is(c)) {
        if (start >= 0) {
          words.add(text.substring(start, at));
        }
        start = -1;
        continue;
      }
      start = start < 0 ? at : start;
      level = c == '{' ? level + 1 : c == '}' && level > 0 ? level - 1 : level;
    }
    if (start >= 0) {
      words.add(text.substring(start));
    }
    return words;
  }

  public static String strip(String text) {
    int from = skipSpace(text, 0);
    int to = text.length();
    while (to > from && isSpace(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  public static boolean isNameCharacter(char c) {
    return c == '_' || isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  public static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  public static boolean allDigits(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isDigit(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }
}

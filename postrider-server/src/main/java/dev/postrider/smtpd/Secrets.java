package dev.postrider.smtpd;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Keeps passwords out of what is logged and told of a session: everything behind AUTH, and what
 * follows it without being a command, for a client may go on with its password although it was told
 * no. For one thread.
 */
final class Secrets {
  private static final String HIDDEN = "********";

  /** Only these are no secret for certain: a client may have forgotten the mechanism. */
  private static final Set<String> MECHANISMS =
      Set.of(
          "PLAIN",
          "LOGIN",
          "CRAM-MD5",
          "DIGEST-MD5",
          "SCRAM-SHA-1",
          "SCRAM-SHA-1-PLUS",
          "SCRAM-SHA-256",
          "SCRAM-SHA-256-PLUS",
          "XOAUTH2",
          "OAUTHBEARER",
          "EXTERNAL",
          "ANONYMOUS",
          "GSSAPI",
          "NTLM");

  private boolean afterAuth;

  /** A line as it may be told. */
  String without(String line) {
    if (!afterAuth && !mayBeLogin(line)) {
      return line;
    }
    List<String> words = Words.of(line);
    if (words.isEmpty()) {
      return line;
    }
    String first = words.getFirst();
    if (isLogin(first)) {
      afterAuth = true;
      return hidden(words);
    }
    if (afterAuth && Verb.of(first) == null) {
      return HIDDEN;
    }
    afterAuth = false;
    return line;
  }

  /** Lines that have come before their time, as they may be told. They are still to be read. */
  String withoutAhead(String lines) {
    boolean before = afterAuth;
    StringBuilder told = new StringBuilder();
    int start = 0;
    while (start < lines.length()) {
      int feed = lines.indexOf('\n', start);
      int next = feed < 0 ? lines.length() : feed + 1;
      int end = feed < 0 ? next : feed > start && lines.charAt(feed - 1) == '\r' ? feed - 1 : feed;
      told.append(without(lines.substring(start, end))).append(lines, end, next);
      start = next;
    }
    afterAuth = before;
    return told.toString();
  }

  /** Costs nothing for all the other commands. */
  private static boolean mayBeLogin(String line) {
    int start = 0;
    while (start < line.length() && Words.isSpace(line.charAt(start))) {
      start++;
    }
    return start < line.length() && "AaPp".indexOf(line.charAt(start)) >= 0;
  }

  /** AUTH, also misspelled ({@code AUTH=PLAIN}), and PASS of other protocols. */
  private static boolean isLogin(String word) {
    return word.regionMatches(true, 0, "AUTH", 0, 4) || word.equalsIgnoreCase("PASS");
  }

  private static String hidden(List<String> words) {
    String first = words.getFirst();
    StringBuilder shown = new StringBuilder(first.length() == 4 ? first : first.substring(0, 4));
    boolean named =
        words.size() > 1
            && first.length() == 4
            && MECHANISMS.contains(words.get(1).toUpperCase(Locale.ROOT));
    if (named) {
      shown.append(' ').append(words.get(1));
    }
    if (first.length() > 4 || words.size() > (named ? 2 : 1)) {
      shown.append(' ').append(HIDDEN);
    }
    return shown.toString();
  }
}

package dev.postrider.mailbox;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * HTML reduced to text for a terminal: paragraphs, lists and the addresses of links stay, the rest
 * goes. One pass, nothing is fetched. Functions only.
 */
final class HtmlText {
  private static final Set<String> BLOCKS =
      Set.of(
          "p",
          "div",
          "br",
          "tr",
          "table",
          "ul",
          "ol",
          "blockquote",
          "pre",
          "hr",
          "h1",
          "h2",
          "h3",
          "h4",
          "h5",
          "h6",
          "section",
          "article",
          "header",
          "footer",
          "li",
          "dt",
          "dd",
          "title");
  private static final Set<String> PARAGRAPHS =
      Set.of("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "ul", "ol");

  /** What is between these is no text. */
  private static final Set<String> SILENT = Set.of("script", "style", "head", "template");

  private static final Map<String, String> ENTITIES =
      Map.ofEntries(
          Map.entry("amp", "&"),
          Map.entry("lt", "<"),
          Map.entry("gt", ">"),
          Map.entry("quot", "\""),
          Map.entry("apos", "'"),
          Map.entry("nbsp", " "),
          Map.entry("ndash", "\u2013"),
          Map.entry("mdash", "\u2014"),
          Map.entry("hellip", "\u2026"),
          Map.entry("lsquo", "\u2018"),
          Map.entry("rsquo", "\u2019"),
          Map.entry("ldquo", "\u201c"),
          Map.entry("rdquo", "\u201d"),
          Map.entry("bull", "\u2022"),
          Map.entry("copy", "\u00a9"),
          Map.entry("euro", "\u20ac"),
          Map.entry("auml", "\u00e4"),
          Map.entry("ouml", "\u00f6"),
          Map.entry("uuml", "\u00fc"),
          Map.entry("Auml", "\u00c4"),
          Map.entry("Ouml", "\u00d6"),
          Map.entry("Uuml", "\u00dc"),
          Map.entry("szlig", "\u00df"),
          Map.entry("eacute", "\u00e9"),
          Map.entry("egrave", "\u00e8"),
          Map.entry("agrave", "\u00e0"));

  private final String html;
  private final StringBuilder out = new StringBuilder();
  private String link = "";
  private int at;

  private HtmlText(String html) {
    this.html = html;
  }

  static String of(String html) {
    return new HtmlText(html).reduce();
  }

  private String reduce() {
    while (at < html.length()) {
      char c = html.charAt(at);
      if (c == '<') {
        tag();
      } else if (c == '&') {
        entity();
      } else {
        if (c > ' ') {
          out.append(c);
        } else {
          space();
        }
        at++;
      }
    }
    return out.toString().strip() + "\n";
  }

  private void tag() {
    if (html.startsWith("<!--", at)) {
      int end = html.indexOf("-->", at + 4);
      at = end < 0 ? html.length() : end + 3;
      return;
    }
    int end = html.indexOf('>', at);
    if (end < 0) {
      at = html.length();
      return;
    }
    String tag = html.substring(at + 1, end);
    at = end + 1;
    boolean closing = tag.startsWith("/");
    int length = closing ? 1 : 0;
    while (length < tag.length() && Character.isLetterOrDigit(tag.charAt(length))) {
      length++;
    }
    String name = tag.substring(closing ? 1 : 0, length).toLowerCase(Locale.ROOT);
    if (SILENT.contains(name) && !closing) {
      skipTo("</" + name);
    } else if (name.equals("a")) {
      link(closing, tag);
    } else if (BLOCKS.contains(name)) {
      newLine(PARAGRAPHS.contains(name) ? 2 : 1);
      if (name.equals("li") && !closing) {
        out.append("* ");
      }
    } else if (name.equals("td") || name.equals("th")) {
      space();
    }
  }

  private void skipTo(String end) {
    for (int i = html.indexOf("</", at); i >= 0; i = html.indexOf("</", i + 2)) {
      if (html.regionMatches(true, i, end, 0, end.length())) {
        at = i;
        return;
      }
    }
    at = html.length();
  }

  /** The address behind a link says where it leads, whatever its text says. */
  private void link(boolean closing, String tag) {
    if (!closing) {
      link = attribute(tag, "href");
      return;
    }
    int before = out.length() - link.length();
    boolean told =
        link.isEmpty()
            || link.startsWith("#")
            || (before >= 0 && out.substring(before).equals(link));
    if (!told) {
      out.append(" <").append(link).append('>');
    }
    link = "";
  }

  private static String attribute(String tag, String name) {
    int found = tag.toLowerCase(Locale.ROOT).indexOf(name);
    int equals = found < 0 ? -1 : tag.indexOf('=', found);
    if (equals < 0) {
      return "";
    }
    String value = tag.substring(equals + 1).strip();
    char quote = value.isEmpty() ? ' ' : value.charAt(0);
    boolean quoted = quote == '"' || quote == '\'';
    int end = quoted ? value.indexOf(quote, 1) : value.indexOf(' ');
    String inner = value.substring(quoted ? 1 : 0, end < 0 ? value.length() : end);
    return inner.startsWith("mailto:") ? inner.substring("mailto:".length()) : inner;
  }

  private void entity() {
    int end = html.indexOf(';', at);
    if (end < 0 || end - at > 10) {
      out.append('&');
      at++;
      return;
    }
    String name = html.substring(at + 1, end);
    String text = name.startsWith("#") ? number(name.substring(1)) : ENTITIES.get(name);
    if (text == null) {
      out.append('&');
      at++;
      return;
    }
    out.append(text);
    at = end + 1;
  }

  @org.jspecify.annotations.Nullable
  private static String number(String digits) {
    try {
      boolean hex = digits.startsWith("x") || digits.startsWith("X");
      int point = hex ? Integer.parseInt(digits.substring(1), 16) : Integer.parseInt(digits);
      return Character.isValidCodePoint(point) && !(point >= 0xd800 && point < 0xe000)
          ? Character.toString(point)
          : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private void space() {
    if (!out.isEmpty() && out.charAt(out.length() - 1) > ' ') {
      out.append(' ');
    }
  }

  private void newLine(int wanted) {
    int end = out.length();
    while (end > 0 && out.charAt(end - 1) == ' ') {
      end--;
    }
    out.setLength(end);
    int newlines = 0;
    while (newlines < end && out.charAt(end - 1 - newlines) == '\n') {
      newlines++;
    }
    if (end > 0) {
      out.repeat('\n', Math.max(0, wanted - newlines));
    }
  }
}

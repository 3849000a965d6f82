package dev.postrider.intake;

/** A person's name in front of an address (RFC 5322 §3.4). */
final class HeaderPhrase {
  private HeaderPhrase() {}

  /** The name as a phrase: quoted if it holds what a phrase may not. */
  static String of(String name) {
    StringBuilder plain = new StringBuilder(name.length() + 2);
    boolean quote = false;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c < ' ' || c == 0x7f) {
        c = ' ';
      }
      quote |= "()<>[]:;@\\,.\"".indexOf(c) >= 0;
      if (c == '"' || c == '\\') {
        plain.append('\\');
      }
      plain.append(c);
    }
    return quote ? "\"" + plain + "\"" : plain.toString();
  }

  /** The name as the inside of a comment. */
  static String comment(String name) {
    StringBuilder out = new StringBuilder(name.length() + 2);
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '(' || c == ')' || c == '\\') {
        out.append('\\');
      }
      out.append(c < ' ' || c == 0x7f ? ' ' : c);
    }
    return out.toString();
  }
}

package dev.postrider.mail.address;

/**
 * A lexical token of RFC 822 §3.3. Immutable.
 *
 * @param text the meaning: quotes, brackets of a literal and backslashes removed; a comment keeps
 *     its spelling, parentheses included; an operator is its character
 * @param start index of its first character in the input
 * @param end index behind its last
 */
record AddressToken(Kind kind, String text, int start, int end) implements AddressList.Node {
  enum Kind {
    ATOM,
    QUOTED,
    LITERAL,
    COMMENT,
    OPERATOR,
    /** The colon that opens a group. */
    GROUP_START
  }

  boolean isOperator(char c) {
    return kind == Kind.OPERATOR && text.charAt(0) == c;
  }

  /** Not an operator: two of these in a row need a space between them. */
  boolean isWord() {
    return switch (kind) {
      case ATOM, QUOTED, LITERAL, COMMENT -> true;
      case OPERATOR, GROUP_START -> false;
    };
  }
}

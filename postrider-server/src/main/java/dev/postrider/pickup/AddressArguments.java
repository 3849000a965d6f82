package dev.postrider.pickup;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the addresses of a command line: each argument is a list as in a To header, but words
 * without a comma between them are addresses too ({@code sendmail "a b"}), as Postfix has it. Never
 * fails: what is no address becomes one that cannot be delivered, and its sender hears of it.
 */
final class AddressArguments {
  private final String text;
  private final List<Mailbox> found = new ArrayList<>();

  /**
   * Words that are addresses, unless an address in angle brackets follows: then its display name.
   */
  private final List<Mailbox> pending = new ArrayList<>();

  private final StringBuilder word = new StringBuilder();

  /** Where in {@link #word} the last unquoted at sign is; -1 without one. */
  private int at = -1;

  private boolean wordOpen;
  private int position;

  private AddressArguments(String text) {
    this.text = text;
  }

  /** All addresses of one argument; empty if there is none in it. */
  static List<Mailbox> list(String argument) {
    return new AddressArguments(argument).read();
  }

  /** One address as {@link Mailbox#external} prints it; anything else still makes a mailbox. */
  static Mailbox mailbox(String text) throws MaildropFormatException {
    List<Mailbox> all = list(text);
    if (all.isEmpty()) {
      throw new MaildropFormatException("an address in its head is empty");
    }
    return all.getFirst();
  }

  /** The envelope sender {@code -f} names: its first address, or nobody. */
  static ReversePath reversePath(String argument) {
    List<Mailbox> all = list(argument);
    return all.isEmpty() ? new ReversePath.Null() : ReversePath.of(all.getFirst());
  }

  private List<Mailbox> read() {
    while (position < text.length()) {
      char c = text.charAt(position++);
      switch (c) {
        case '(' -> comment();
        case '"' -> quoted();
        case '[' -> literal();
        case '<' -> bracketed();
        case ',', ';' -> {
          endWord();
          found.addAll(pending);
          pending.clear();
        }
        case ':' -> {
          // What stood before names a group.
          endWord();
          pending.clear();
        }
        case '>' -> endWord();
        case '\\' -> {
          if (position < text.length()) {
            append(text.charAt(position++));
          }
        }
        case '@' -> {
          at = word.length();
          append('@');
        }
        default -> {
          if (c <= ' ') {
            if (!joins()) {
              endWord();
            }
          } else {
            append(c);
          }
        }
      }
    }
    endWord();
    found.addAll(pending);
    return found;
  }

  /** Whether the word goes on after white space: {@code a @ b} is one address. */
  private boolean joins() {
    int next = position;
    while (next < text.length() && text.charAt(next) <= ' ') {
      next++;
    }
    char after = next < text.length() ? text.charAt(next) : ' ';
    char before = word.isEmpty() ? ' ' : word.charAt(word.length() - 1);
    return wordOpen && (after == '@' || after == '.' || before == '@' || before == '.');
  }

  private void comment() {
    int depth = 1;
    while (position < text.length() && depth > 0) {
      char c = text.charAt(position++);
      if (c == '\\') {
        position++;
      } else if (c == '(') {
        depth++;
      } else if (c == ')') {
        depth--;
      }
    }
  }

  private void quoted() {
    wordOpen = true;
    while (position < text.length()) {
      char c = text.charAt(position++);
      if (c == '"') {
        return;
      }
      if (c == '\\' && position < text.length()) {
        c = text.charAt(position++);
      }
      append(c);
    }
  }

  private void literal() {
    append('[');
    while (position < text.length()) {
      char c = text.charAt(position++);
      append(c);
      if (c == ']') {
        return;
      }
    }
  }

  private void bracketed() {
    endWord();
    pending.clear();
    int close = closing();
    String inner = text.substring(position, close);
    position = Math.min(close + 1, text.length());
    int colon = inner.indexOf(':');
    if (inner.startsWith("@") && colon > 0) {
      // A source route: obsolete since RFC 1123 §5.2.19, the last mailbox counts.
      inner = inner.substring(colon + 1);
    }
    if (!inner.isBlank()) {
      found.addAll(list(inner));
    }
  }

  private int closing() {
    boolean quoted = false;
    for (int i = position; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == '>' && !quoted) {
        return i;
      }
    }
    return text.length();
  }

  private void append(char c) {
    wordOpen = true;
    // A line break or NUL has no place in an address and could forge a log line.
    word.append(c < ' ' || c == 0x7f ? ' ' : c);
  }

  private void endWord() {
    if (wordOpen && !word.isEmpty()) {
      // "@domain" has no local-part: kept whole, so that it fails where its sender can see it.
      boolean split = at > 0;
      pending.add(
          split
              ? new Mailbox(word.substring(0, at), word.substring(at + 1))
              : new Mailbox(word.toString(), ""));
    }
    word.setLength(0);
    at = -1;
    wordOpen = false;
  }
}

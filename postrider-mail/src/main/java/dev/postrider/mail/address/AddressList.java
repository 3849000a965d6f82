package dev.postrider.mail.address;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A list of addresses as people and programs write it in headers and on command lines: RFC 822 with
 * comments, groups, display names, routes and forgotten commas, read as Postfix reads it. Parsing
 * never fails; it takes time and memory in proportion to the text. Immutable.
 */
public final class AddressList {
  /** A part of the list, in order: an address, or a token around addresses. */
  sealed interface Node permits AddressToken, Address {}

  /**
   * One address of the list.
   *
   * @param mailbox what it says, routes dropped; null if it names no mailbox, as {@code a@}, {@code
   *     @b} and {@code ""} do
   * @param text its spelling without space, comments, quotes and brackets
   * @param routed whether it was written with a route, which is dropped (RFC 5321 App. C)
   * @param start index of its first character in the parsed text
   * @param end index behind its last
   */
  public record Address(@Nullable Mailbox mailbox, String text, boolean routed, int start, int end)
      implements Node {
    static Address of(List<AddressToken> tokens) {
      List<AddressToken> path = withoutRoute(tokens);
      int atSign = lastAtSign(path);
      String local = concatenate(atSign < 0 ? path : path.subList(0, atSign));
      String domain = atSign < 0 ? "" : concatenate(path.subList(atSign + 1, path.size()));
      boolean usable = !local.isEmpty() && (atSign < 0 || !domain.isEmpty());
      return new Address(
          usable ? new Mailbox(local, domain) : null,
          atSign < 0 ? local : local + "@" + domain,
          path.size() < tokens.size(),
          tokens.getFirst().start(),
          tokens.getLast().end());
    }

    private static List<AddressToken> withoutRoute(List<AddressToken> tokens) {
      if (!tokens.getFirst().isOperator('@')) {
        return tokens;
      }
      for (int i = 1; i < tokens.size() - 1; i++) {
        if (tokens.get(i).isOperator(':')) {
          return tokens.subList(i + 1, tokens.size());
        }
      }
      return tokens;
    }

    private static int lastAtSign(List<AddressToken> tokens) {
      int i = tokens.size() - 1;
      while (i >= 0 && !tokens.get(i).isOperator('@')) {
        i--;
      }
      return i;
    }

    private static String concatenate(List<AddressToken> tokens) {
      StringBuilder text = new StringBuilder();
      for (AddressToken token : tokens) {
        if (token.kind() == AddressToken.Kind.LITERAL) {
          text.append('[').append(token.text()).append(']');
        } else {
          text.append(token.text());
        }
      }
      return text.toString();
    }
  }

  private final List<Node> nodes;

  private AddressList(List<Node> nodes) {
    this.nodes = nodes;
  }

  public static AddressList parse(String text) {
    return new AddressList(AddressParser.parse(AddressScanner.scan(text)));
  }

  /** Every address, in order, those that name no mailbox too. */
  public List<Address> addresses() {
    List<Address> found = new ArrayList<>();
    for (Node node : nodes) {
      if (node instanceof Address address) {
        found.add(address);
      }
    }
    return found;
  }

  /** The mailboxes, in order; duplicates stay. */
  public List<Mailbox> mailboxes() {
    List<Mailbox> found = new ArrayList<>();
    for (Node node : nodes) {
      Mailbox mailbox = mailboxOf(node);
      if (mailbox != null) {
        found.add(mailbox);
      }
    }
    return found;
  }

  /** Whether there is one address and nothing around it. */
  boolean isOneAddress() {
    return nodes.size() == 1 && nodes.getFirst() instanceof Address;
  }

  /**
   * The same list with every mailbox changed.
   *
   * @return this very object if {@code change} left all as they were
   */
  public AddressList rewrite(UnaryOperator<Mailbox> change) {
    List<Node> changed = new ArrayList<>(nodes.size());
    boolean same = true;
    for (Node node : nodes) {
      Node result = node;
      Mailbox mailbox = mailboxOf(node);
      if (mailbox != null && node instanceof Address address) {
        Mailbox other = change.apply(mailbox);
        if (address.routed() || !other.equals(mailbox)) {
          same = false;
          result = new Address(other, other.internal(), false, address.start(), address.end());
        }
      }
      changed.add(result);
    }
    return same ? this : new AddressList(changed);
  }

  /** Printed the way Postfix prints a list that it changed: {@code comma space} on one line. */
  @Override
  public String toString() {
    return String.join(" ", lines());
  }

  /** Printed with a line for each address: every comma between addresses ends a line. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      print(node, line);
      if (node instanceof AddressToken token && token.isOperator(',')) {
        lines.add(line.toString());
        line.setLength(0);
      } else if (i + 1 < nodes.size() && needsSpace(node, nodes.get(i + 1))) {
        line.append(' ');
      }
    }
    lines.add(line.toString());
    return lines;
  }

  private static @Nullable Mailbox mailboxOf(Node node) {
    return node instanceof Address address ? address.mailbox() : null;
  }

  private static boolean needsSpace(Node node, Node next) {
    if (node instanceof AddressToken token && token.kind() == AddressToken.Kind.GROUP_START) {
      return true;
    }
    if (next instanceof AddressToken token && token.isOperator('<')) {
      return true;
    }
    return isWord(node) && isWord(next);
  }

  private static boolean isWord(Node node) {
    return switch (node) {
      case AddressToken token -> token.isWord();
      case Address _ -> true;
    };
  }

  private static void print(Node node, StringBuilder out) {
    switch (node) {
      case Address address -> {
        Mailbox mailbox = address.mailbox();
        if (mailbox != null) {
          out.append(mailbox.external());
        } else {
          out.append(address.text().startsWith("@") ? "\"\"" : "").append(address.text());
        }
      }
      case AddressToken token -> print(token, out);
    }
  }

  private static void print(AddressToken token, StringBuilder out) {
    switch (token.kind()) {
      case ATOM, COMMENT, OPERATOR, GROUP_START -> out.append(token.text());
      case LITERAL -> out.append('[').append(token.text()).append(']');
      case QUOTED -> {
        out.append('"');
        for (int i = 0; i < token.text().length(); i++) {
          char c = token.text().charAt(i);
          if (c == '"' || c == '\\') {
            out.append('\\');
          }
          out.append(c);
        }
        out.append('"');
      }
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AddressList list && nodes.equals(list.nodes);
  }

  @Override
  public int hashCode() {
    return Objects.hash(nodes);
  }
}

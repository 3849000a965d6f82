package dev.postrider.mail.address;

import dev.postrider.mail.address.AddressToken.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Finds the addresses among the tokens, from right to left, because only what stands behind a name
 * tells that it was a display name. What is not understood stays where it is; a comma that was
 * forgotten between two words is added. Linear in the number of tokens; for one thread.
 */
final class AddressParser {
  private final List<AddressToken> tokens;

  /** What is decided, in reverse. */
  private final List<AddressList.Node> done = new ArrayList<>();

  /** The words of the address being collected, in reverse. */
  private final List<AddressToken> words = new ArrayList<>();

  private int at;
  private boolean inGroup;

  /** Whether the next word to the left belongs to the address, because an operator joins them. */
  private boolean joined = true;

  private AddressParser(List<AddressToken> tokens) {
    this.tokens = tokens;
    this.at = tokens.size() - 1;
  }

  static List<AddressList.Node> parse(List<AddressToken> tokens) {
    AddressParser parser = new AddressParser(tokens);
    while (parser.at >= 0) {
      parser.step(tokens.get(parser.at));
    }
    parser.closeAddress();
    Collections.reverse(parser.done);
    return parser.done;
  }

  private void step(AddressToken token) {
    switch (token.kind()) {
      case COMMENT -> keep(token);
      case ATOM, QUOTED, LITERAL -> {
        if (!joined) {
          closeAddressWithComma();
        }
        joined = false;
        take(token);
      }
      case OPERATOR, GROUP_START -> operator(token);
    }
  }

  private void operator(AddressToken token) {
    switch (token.text().charAt(0)) {
      case ';' -> {
        closeAddressWithComma();
        keep(token);
        inGroup = true;
        joined = true;
      }
      case ':' -> {
        if (inGroup) {
          groupName(token);
        } else {
          take(token);
          joined = true;
        }
      }
      case '>' -> bracketed(token);
      case ',' -> {
        closeAddress();
        keep(token);
        joined = true;
      }
      default -> {
        take(token);
        joined = true;
      }
    }
  }

  private void groupName(AddressToken colon) {
    closeAddress();
    keep(new AddressToken(Kind.GROUP_START, ":", colon.start(), colon.end()));
    while (at >= 0 && !tokens.get(at).isOperator(',')) {
      keep(tokens.get(at));
    }
  }

  private void bracketed(AddressToken close) {
    closeAddressWithComma();
    keep(close);
    while (at >= 0 && !tokens.get(at).isOperator('<')) {
      AddressToken token = tokens.get(at);
      if (token.kind() == Kind.COMMENT) {
        keep(token);
      } else {
        take(token);
      }
    }
    closeAddress();
    while (at >= 0 && !endsDisplayName(tokens.get(at))) {
      keep(tokens.get(at));
    }
    if (at >= 0 && tokens.get(at).isOperator(':') && !inGroup) {
      // A group whose end is missing: its colon is no part of an address.
      keep(tokens.get(at));
    }
    joined = true;
  }

  private static boolean endsDisplayName(AddressToken token) {
    return token.kind() == Kind.OPERATOR && ">;,:".indexOf(token.text().charAt(0)) >= 0;
  }

  private void keep(AddressToken token) {
    done.add(token);
    at--;
  }

  private void take(AddressToken token) {
    words.add(token);
    at--;
  }

  private void closeAddress() {
    if (!words.isEmpty()) {
      done.add(AddressList.Address.of(words.reversed()));
      words.clear();
    }
  }

  private void closeAddressWithComma() {
    if (!words.isEmpty()) {
      int start = words.getLast().start();
      closeAddress();
      done.add(new AddressToken(Kind.OPERATOR, ",", start, start));
    }
  }
}

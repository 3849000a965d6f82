package dev.postrider.table;

import dev.postrider.config.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Texts with {@code %s %u %d %1} to {@code %9} and their capitals in them, as mysql_table(5)
 * describes it. All texts of one table share which parts of a key they need: a key that lacks one
 * is not looked up. Immutable once all its texts are added.
 */
final class KeyFormat {
  /** Part of a text: literal, or what stands for something. */
  sealed interface Piece {
    /** As it is. */
    record Literal(String text) implements Piece {}

    /**
     * To be replaced.
     *
     * @param letter {@code s u d S U D} or {@code 1} to {@code 9}
     */
    record Part(char letter) implements Piece {}
  }

  /** A parsed text. */
  record Text(List<Piece> pieces) {
    Text {
      pieces = List.copyOf(pieces);
    }

    /** Whether it depends on the key. */
    boolean isDynamic() {
      return pieces.stream().anyMatch(piece -> piece instanceof Piece.Part);
    }
  }

  private boolean keyDomain;
  private boolean keyUser;
  private boolean valueDomain;
  private boolean valueUser;
  private int labels;

  /** Adds a text that is made from the key. */
  Text query(String text) throws ConfigException {
    return parse(text, true);
  }

  /** Adds the text that is made from a result. */
  Text result(String text) throws ConfigException {
    return parse(text, false);
  }

  private Text parse(String text, boolean query) throws ConfigException {
    List<Piece> pieces = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '%') {
        literal.append(c);
        continue;
      }
      char letter = ++i < text.length() ? text.charAt(i) : ' ';
      if (letter == '%') {
        literal.append('%');
        continue;
      }
      need(letter, query, text);
      if (!literal.isEmpty()) {
        pieces.add(new Piece.Literal(literal.toString()));
        literal.setLength(0);
      }
      pieces.add(new Piece.Part(letter));
    }
    if (!literal.isEmpty()) {
      pieces.add(new Piece.Literal(literal.toString()));
    }
    return new Text(pieces);
  }

  private void need(char letter, boolean query, String text) throws ConfigException {
    switch (letter) {
      case 's', 'S' -> {}
      case 'u' -> {
        keyUser |= query;
        valueUser |= !query;
      }
      case 'd' -> {
        keyDomain |= query;
        valueDomain |= !query;
      }
      case 'U' -> keyUser = true;
      case 'D' -> keyDomain = true;
      case '1', '2', '3', '4', '5', '6', '7', '8', '9' -> {
        keyDomain = true;
        labels = Math.max(labels, letter - '0');
      }
      default ->
          throw new ConfigException(
              "invalid %s template: %s (%%%s is unknown; a percent sign is written %%%%)"
                  .formatted(query ? "query" : "result", text, letter));
    }
  }

  /**
   * The text for a key.
   *
   * @param quote makes a part of the key harmless where it is put
   * @return empty when the key lacks what the table's texts need
   */
  Optional<String> expand(Text text, String key, UnaryOperator<String> quote) {
    Optional<Parts> parts = parts(key);
    return parts.map(found -> found.join(text, quote));
  }

  /** The parts of a key, for whoever puts the text together; empty as for {@link #expand}. */
  Optional<Parts> parts(String key) {
    int at = keyDomain || keyUser ? key.lastIndexOf('@') : -1;
    String domain = at < 0 ? "" : key.substring(at + 1);
    if (key.isEmpty() || (keyDomain && domain.isEmpty()) || (keyUser && at == 0)) {
      return Optional.empty();
    }
    return labels(domain)
        .map(found ->
            new Parts(key, user(key, at), domain, new Key(key, user(key, at), domain, found)));
  }

  /**
   * The text for a result.
   *
   * @param value a result; null and empty ones do not count
   * @return empty when the result lacks what the text needs
   */
  Optional<String> expand(Text text, @Nullable String value, String key) {
    if (value == null || value.isEmpty()) {
      return Optional.empty();
    }
    int at = valueDomain || valueUser ? value.lastIndexOf('@') : -1;
    String domain = at < 0 ? "" : value.substring(at + 1);
    if ((valueDomain && domain.isEmpty()) || (valueUser && at == 0)) {
      return Optional.empty();
    }
    return parts(key)
        .map(parts ->
            new Parts(value, user(value, at), domain, parts.key())
                .join(text, UnaryOperator.identity()));
  }

  private static String user(String text, int at) {
    return at < 0 ? text : text.substring(0, at);
  }

  /** The labels of a domain, the last first; empty when there are fewer than needed. */
  private Optional<List<String>> labels(String domain) {
    List<String> found = new ArrayList<>();
    if (labels > 0) {
      for (String label : domain.split("\\.", -1)) {
        if (!label.isEmpty()) {
          found.addFirst(label);
        }
      }
    }
    return found.size() < labels ? Optional.empty() : Optional.of(found);
  }

  private record Key(String whole, String user, String domain, List<String> labels) {}

  /** What the letters stand for. */
  record Parts(String whole, String user, String domain, Key key) {
    String of(Piece.Part part) {
      return switch (part.letter()) {
        case 's' -> whole;
        case 'u' -> user;
        case 'd' -> domain;
        case 'S' -> key.whole();
        case 'U' -> key.user();
        case 'D' -> key.domain();
        default -> key.labels().get(part.letter() - '1');
      };
    }

    private String join(Text text, UnaryOperator<String> quote) {
      StringBuilder out = new StringBuilder();
      for (Piece piece : text.pieces()) {
        switch (piece) {
          case Piece.Literal(String literal) -> out.append(literal);
          case Piece.Part part -> out.append(quote.apply(of(part)));
        }
      }
      return out.toString();
    }
  }
}

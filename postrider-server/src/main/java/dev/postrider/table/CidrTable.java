package dev.postrider.table;

import dev.postrider.mail.address.AddressLiteral;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The rules of a cidr table (cidr_table(5)). Immutable. */
final class CidrTable implements Content {
  /**
   * One rule.
   *
   * @param block the network
   * @param negated whether it is for addresses outside of it
   * @param value the answer, or null for IF
   * @param end for IF: the index of the rule behind its ENDIF
   */
  private record Rule(Block block, boolean negated, @Nullable String value, int end) {
    boolean matches(byte[] address) {
      return address.length == block.network.length && block.contains(address) != negated;
    }
  }

  /** A network: its first address and the number of leading bits that count. */
  static final class Block {
    private final byte[] network;
    private final int bits;

    Block(byte[] network, int bits) {
      this.network = network;
      this.bits = bits;
    }

    boolean contains(byte[] address) {
      return Arrays.equals(masked(address, bits), network);
    }

    static byte[] masked(byte[] address, int bits) {
      byte[] out = address.clone();
      for (int i = 0; i < out.length; i++) {
        int left = Math.clamp(bits - 8L * i, 0, 8);
        out[i] = (byte) (out[i] & (0xff00 >> left));
      }
      return out;
    }
  }

  /** Why a pattern is none. */
  private static final class BadPattern extends Exception {
    @java.io.Serial private static final long serialVersionUID = 1L;

    BadPattern(String message) {
      super(message);
    }
  }

  private final List<Rule> rules;

  private CidrTable(List<Rule> rules) {
    this.rules = List.copyOf(rules);
  }

  static Loaded parse(String path, byte[] bytes) {
    LogicalLines lines = new LogicalLines(path, bytes);
    List<String> faults = new ArrayList<>();
    List<Rule> rules = new ArrayList<>();
    Deque<int[]> open = new ArrayDeque<>();
    for (var next = lines.next(); next.isPresent(); next = lines.next()) {
      LogicalLines.Line line = next.get();
      String text = MapSource.trim(line.text(), 0);
      String place = "cidr map " + path + ", line " + line.first() + ": ";
      try {
        if (isWord(text, "endif")) {
          if (text.length() > 5) {
            throw new BadPattern("garbage after ENDIF");
          }
          if (open.isEmpty()) {
            throw new BadPattern("ENDIF without IF");
          }
          close(rules, open.pop()[0]);
        } else if (isWord(text, "if")) {
          String rest = MapSource.trim(text, 2);
          boolean negated = rest.startsWith("!");
          Block block = block(MapSource.trim(rest, negated ? 1 : 0));
          open.push(new int[] {rules.size(), line.first()});
          rules.add(new Rule(block, negated, null, -1));
        } else {
          rules.add(rule(text));
        }
      } catch (BadPattern e) {
        faults.add(place + e.getMessage() + ": skipping this rule");
      }
    }
    while (!open.isEmpty()) {
      int[] one = open.pop();
      close(rules, one[0]);
      faults.add("cidr map " + path + ", line " + one[1] + ": IF has no matching ENDIF");
    }
    faults.addAll(lines.faults());
    return new Loaded(new CidrTable(rules), faults, List.of());
  }

  private static void close(List<Rule> rules, int index) {
    Rule begun = rules.get(index);
    rules.set(index, new Rule(begun.block(), begun.negated(), null, rules.size()));
  }

  private static boolean isWord(String text, String word) {
    return text.toLowerCase(Locale.ROOT).startsWith(word)
        && (text.length() == word.length()
            || LogicalLines.isSpace(text.charAt(word.length()))
            || text.charAt(word.length()) == '!');
  }

  private static Rule rule(String text) throws BadPattern {
    boolean negated = text.startsWith("!");
    String rest = MapSource.trim(text, negated ? 1 : 0);
    int end = 0;
    while (end < rest.length() && !LogicalLines.isSpace(rest.charAt(end))) {
      end++;
    }
    Block block = block(rest.substring(0, end));
    String value = MapSource.trim(rest, end);
    if (value.isEmpty()) {
      throw new BadPattern("no lookup result");
    }
    return new Rule(block, negated, value, -1);
  }

  /** {@code address}, {@code address/bits}, {@code [address]/bits} or {@code [address/bits]}. */
  private static Block block(String pattern) throws BadPattern {
    if (pattern.isEmpty()) {
      throw new BadPattern("no address pattern");
    }
    String plain = pattern.startsWith("[") ? withoutBrackets(pattern) : pattern;
    int slash = plain.indexOf('/');
    if (slash < 0) {
      byte @Nullable [] address = address(plain);
      if (address == null) {
        throw new BadPattern("bad address pattern: \"" + plain + "\"");
      }
      return new Block(address, address.length * 8);
    }
    byte @Nullable [] network = address(plain.substring(0, slash));
    if (!isNumber(plain.substring(slash + 1))) {
      throw new BadPattern("bad mask value in \"" + plain + "\"");
    }
    int bits = Integer.parseInt(plain.substring(slash + 1));
    if (bits > (plain.indexOf(':') >= 0 ? 128 : 32)) {
      throw new BadPattern("bad mask length in \"" + plain + "\"");
    }
    if (network == null) {
      throw new BadPattern("bad network value in \"" + plain + "\"");
    }
    byte[] masked = Block.masked(network, bits);
    if (!Arrays.equals(masked, network)) {
      throw new BadPattern(
          "non-null host address bits in \""
              + plain
              + "\", perhaps you should use \""
              + text(masked)
              + "/"
              + bits
              + "\" instead");
    }
    return new Block(masked, bits);
  }

  private static String withoutBrackets(String pattern) throws BadPattern {
    int close = pattern.indexOf(']');
    if (close < 0) {
      throw new BadPattern("missing ']' character after \"" + pattern + "\"");
    }
    String rest = pattern.substring(close + 1);
    if (!rest.isEmpty() && !rest.startsWith("/")) {
      throw new BadPattern("garbage after \"" + pattern.substring(0, close + 1) + "\"");
    }
    return pattern.substring(1, close) + rest;
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty()
        && text.length() <= 4
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static String text(byte[] address) {
    try {
      return AddressLiteral.print(InetAddress.getByAddress(address));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** An address in numbers, as inet_pton(3) reads it; never a name, so that nothing asks DNS. */
  static byte @Nullable [] address(String text) {
    try {
      if (text.indexOf(':') >= 0) {
        // A scope names an interface of this machine, and brackets are no part of an address.
        if (text.indexOf('%') >= 0 || text.indexOf('[') >= 0) {
          return null;
        }
        byte[] bytes = InetAddress.ofLiteral(text).getAddress();
        return bytes.length == 16 ? bytes : mapped(bytes);
      }
      return isDotted(text) ? InetAddress.ofLiteral(text).getAddress() : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Java answers an IPv4-mapped address with its four bytes; here it stays one of sixteen. */
  private static byte[] mapped(byte[] four) {
    byte[] out = new byte[16];
    out[10] = (byte) 0xff;
    out[11] = (byte) 0xff;
    System.arraycopy(four, 0, out, 12, 4);
    return out;
  }

  private static boolean isDotted(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return false;
    }
    for (String part : parts) {
      // A leading zero means octal to some and decimal to others.
      boolean ambiguous = part.length() > 1 && part.startsWith("0");
      if (!isNumber(part) || ambiguous || Integer.parseInt(part) > 255) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Lookup lookup(String key) {
    byte[] address = address(key);
    if (address == null) {
      return new Lookup.NotFound();
    }
    int i = 0;
    while (i < rules.size()) {
      Rule rule = rules.get(i);
      boolean matches = rule.matches(address);
      String value = rule.value();
      if (value == null) {
        i = matches ? i + 1 : rule.end();
      } else if (matches) {
        return new Lookup.Found(value);
      } else {
        i++;
      }
    }
    return new Lookup.NotFound();
  }
}

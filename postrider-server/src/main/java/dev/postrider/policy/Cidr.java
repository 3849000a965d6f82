package dev.postrider.policy;

import dev.postrider.mail.address.AddressLiteral;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** A block of addresses such as {@code 127.0.0.0/8} or {@code [::1]/128}. Immutable. */
final class Cidr {
  /** Host bits zero; 4 or 16 bytes. */
  private final byte[] network;

  /** How many leading bits count. */
  private final int bits;

  private Cidr(byte[] network, int bits) {
    this.network = network;
    this.bits = bits;
  }

  /** What a text is, that was meant as a block. */
  sealed interface Parsed {
    record Block(Cidr cidr) implements Parsed {}

    /** Not the form of an address at all: a host name or a table. */
    record NoAddress() implements Parsed {}

    record Bad(String why) implements Parsed {}
  }

  /** {@code [address/width]} as {@code [address]/width}: Postfix takes both. */
  private static String wideBracketsNarrowed(String text) {
    int slash = text.indexOf('/');
    return slash > 0 && text.startsWith("[") && text.endsWith("]")
        ? text.substring(0, slash) + "]" + text.substring(slash, text.length() - 1)
        : text;
  }

  static Parsed parse(String written) {
    String text = wideBracketsNarrowed(written);
    int close = text.indexOf(']');
    int slash = text.indexOf('/', Math.max(close, 0));
    String host = slash < 0 ? text : text.substring(0, slash);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (bracketed) {
      host = host.substring(1, host.length() - 1);
    }
    Optional<InetAddress> address = literal(host);
    if (address.isEmpty()) {
      return bracketed || looksLikeV4(host)
          ? new Parsed.Bad("\"" + text + "\" is no address block")
          : new Parsed.NoAddress();
    }
    byte[] bytes = address.get().getAddress();
    int widest = host.indexOf(':') >= 0 ? 128 : 32;
    int bits = widest;
    if (slash >= 0) {
      String width = text.substring(slash + 1);
      if (width.isEmpty() || width.length() > 3 || !allDigits(width)) {
        return new Parsed.Bad("bad network width in \"" + text + "\"");
      }
      bits = Integer.parseInt(width);
      if (bits > widest) {
        return new Parsed.Bad("network width too large in \"" + text + "\"");
      }
    }
    if (bytes.length * 8 < widest) {
      // An IPv4 block in its IPv6 form: the address arrives unwrapped, the width does not.
      bits -= 96;
      if (bits < 0) {
        return new Parsed.Bad("network width too small in \"" + text + "\"");
      }
    }
    byte[] masked = masked(bytes, bits);
    if (!java.util.Arrays.equals(masked, bytes)) {
      return new Parsed.Bad(
          "\""
              + text
              + "\" has host bits behind the network (use "
              + print(masked)
              + "/"
              + bits
              + ")");
    }
    return new Parsed.Block(new Cidr(masked, bits));
  }

  boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length != network.length) {
      return false;
    }
    int whole = bits / 8;
    for (int i = 0; i < whole; i++) {
      if (bytes[i] != network[i]) {
        return false;
      }
    }
    int rest = bits % 8;
    return rest == 0 || ((bytes[whole] ^ network[whole]) & (0xff << (8 - rest)) & 0xff) == 0;
  }

  /** An address in numbers; never asks the DNS. */
  static Optional<InetAddress> literal(String text) {
    try {
      if (text.indexOf(':') >= 0 && text.indexOf('%') < 0) {
        return Optional.of(InetAddress.ofLiteral(text));
      }
      return isDottedQuad(text) ? Optional.of(InetAddress.ofLiteral(text)) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean isDottedQuad(String text) {
    int dots = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.') {
        dots++;
      } else if (c < '0' || c > '9') {
        return false;
      }
    }
    return dots == 3;
  }

  private static boolean looksLikeV4(String text) {
    return isDottedQuad(text);
  }

  private static boolean allDigits(String text) {
    return text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static byte[] masked(byte[] bytes, int bits) {
    byte[] masked = bytes.clone();
    for (int i = 0; i < masked.length; i++) {
      int kept = Math.clamp(bits - 8L * i, 0, 8);
      masked[i] &= (byte) (0xff << (8 - kept));
    }
    return masked;
  }

  private static String print(byte[] bytes) {
    try {
      return AddressLiteral.print(InetAddress.getByAddress(bytes));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an address has 4 or 16 bytes", e);
    }
  }

  @Override
  public String toString() {
    return print(network) + "/" + bits;
  }
}

package dev.postrider.mail.address;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;

/**
 * A domain given as an address, {@code [192.0.2.1]} or {@code [IPv6:2001:db8::1]} (RFC 5321
 * §4.1.3). Immutable. Two spellings of one address are equal.
 */
public record AddressLiteral(InetAddress address) {
  private static final String IPV6_TAG = "IPv6:";

  /** Whether this domain is meant as a literal, valid or not. */
  public static boolean looksLike(String domain) {
    return domain.startsWith("[");
  }

  /**
   * Parses a domain in brackets.
   *
   * @return empty for a bad address and for a tag other than IPv6
   */
  public static Optional<AddressLiteral> parse(String domain) {
    if (domain.length() < 3 || !looksLike(domain) || !domain.endsWith("]")) {
      return Optional.empty();
    }
    String inner = domain.substring(1, domain.length() - 1);
    if (inner.regionMatches(true, 0, IPV6_TAG, 0, IPV6_TAG.length())) {
      return parseIpv6(inner.substring(IPV6_TAG.length()));
    }
    return isDottedQuad(inner)
        ? Optional.of(new AddressLiteral(Inet4Address.ofLiteral(inner)))
        : Optional.empty();
  }

  private static Optional<AddressLiteral> parseIpv6(String text) {
    // A scope ("%eth0") means something on this machine only; a dotted quad alone is not IPv6.
    if (text.indexOf(':') < 0 || text.indexOf('%') >= 0 || text.length() > 45) {
      return Optional.empty();
    }
    try {
      return Optional.of(new AddressLiteral(Inet6Address.ofLiteral(text)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Four decimal numbers up to 255: {@code 127.1} and {@code 0x7f.0.0.1} are no addresses here. */
  public static boolean isDottedQuad(String text) {
    int parts = 0;
    int value = -1;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : '.';
      if (c == '.') {
        if (value < 0) {
          return false;
        }
        parts++;
        value = -1;
      } else if (c >= '0' && c <= '9') {
        value = Math.max(value, 0) * 10 + (c - '0');
        if (value > 255) {
          return false;
        }
      } else {
        return false;
      }
    }
    return parts == 4;
  }

  /**
   * An address as Postfix prints it, in logs, replies and tables: IPv6 compressed (RFC 5952 §4),
   * without a scope. {@link InetAddress#getHostAddress} writes {@code 0:0:0:0:0:0:0:1}, which no
   * pattern of a log tool and no table expects.
   */
  public static String print(InetAddress address) {
    return address instanceof Inet6Address
        ? compressed(address.getAddress())
        : address.getHostAddress();
  }

  private static String compressed(byte[] bytes) {
    int gap = -1;
    int gapLength = 1;
    for (int i = 0; i < 8; i++) {
      int length = 0;
      while (i + length < 8 && group(bytes, i + length) == 0) {
        length++;
      }
      if (length > gapLength) {
        gap = i;
        gapLength = length;
      }
    }
    StringBuilder out = new StringBuilder(39);
    for (int i = 0; i < 8; i++) {
      if (i == gap) {
        out.append("::");
        i += gapLength - 1;
        continue;
      }
      if (!out.isEmpty() && out.charAt(out.length() - 1) != ':') {
        out.append(':');
      }
      out.append(Integer.toHexString(group(bytes, i)));
    }
    return out.toString();
  }

  private static int group(byte[] bytes, int index) {
    return (bytes[2 * index] & 0xff) << 8 | (bytes[2 * index + 1] & 0xff);
  }

  /** As an SMTP domain and a trace header have it: brackets, and the tag before IPv6. */
  @Override
  public String toString() {
    String tag = address instanceof Inet6Address ? IPV6_TAG : "";
    return "[" + tag + print(address) + "]";
  }
}

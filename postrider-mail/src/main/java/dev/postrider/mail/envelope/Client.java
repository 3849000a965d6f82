package dev.postrider.mail.envelope;

/**
 * What is known of the SMTP client that a message came from, for the commands that take it later.
 * What is not known is empty. Immutable.
 *
 * <p>A client chooses some of these texts, and they end up in queue files, terminals and the
 * environment of commands. So each is bounded, whoever makes this value: at most {@value #LONGEST}
 * characters, control characters replaced by {@code ?}.
 *
 * @param name its verified name, or {@code unknown}
 * @param address its address as digits, such as {@code 192.0.2.1} or {@code 2001:db8::1}
 * @param port its TCP port, 1 to 65535; 0 where nobody knows
 * @param helo what it called itself
 * @param protocol {@code SMTP} or {@code ESMTP}
 * @param saslMethod how it authenticated
 * @param saslUsername who it authenticated as
 * @param saslSender AUTH= of MAIL FROM (RFC 4954 §5)
 */
public record Client(
    String name,
    String address,
    int port,
    String helo,
    String protocol,
    String saslMethod,
    String saslUsername,
    String saslSender) {
  /** Characters that a text may have. */
  public static final int LONGEST = 512;

  /** Of a message that no SMTP client brought. */
  public static final Client NONE = new Client("", "", 0, "", "", "", "", "");

  private static final int GREATEST_PORT = 65_535;

  public Client {
    name = safe(name);
    address = safe(address);
    port = port > 0 && port <= GREATEST_PORT ? port : 0;
    helo = safe(helo);
    protocol = safe(protocol);
    saslMethod = safe(saslMethod);
    saslUsername = safe(saslUsername);
    saslSender = safe(saslSender);
  }

  /** One that did not authenticate. */
  public static Client unauthenticated(
      String name, String address, int port, String helo, String protocol) {
    return new Client(name, address, port, helo, protocol, "", "", "");
  }

  /** Whether nothing is known. */
  public boolean isNone() {
    return equals(NONE);
  }

  /**
   * The address as SMTP writes it between brackets (RFC 5321 §4.1.3), which is how Postfix gives it
   * to commands: an IPv6 address has {@code IPv6:} before it.
   */
  public String literal() {
    return address.indexOf(':') < 0 ? address : "IPv6:" + address;
  }

  /** The port as text; empty where nobody knows. */
  public String portText() {
    return port == 0 ? "" : Integer.toString(port);
  }

  /** What a message that local(8) sends on still has: all but the port, as with Postfix. */
  public Client forwarded() {
    return new Client(name, address, 0, helo, protocol, saslMethod, saslUsername, saslSender);
  }

  /** A text that may come from outside, as it can be kept and shown. */
  static String safe(String text) {
    if (isPlain(text)) {
      return text;
    }
    int length = Math.min(text.length(), LONGEST);
    StringBuilder out = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      // Half a surrogate pair is no character, and would not come back from the disk as it went.
      out.append(Character.isISOControl(c) || isHalf(text, i, length) ? '?' : c);
    }
    return out.toString();
  }

  /** Whether it can stay as it is, as nearly every text can. */
  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~') {
        return false;
      }
    }
    return text.length() <= LONGEST;
  }

  private static boolean isHalf(String text, int at, int length) {
    char c = text.charAt(at);
    if (Character.isHighSurrogate(c)) {
      return at + 1 >= length || !Character.isLowSurrogate(text.charAt(at + 1));
    }
    return Character.isLowSurrogate(c)
        && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
  }
}

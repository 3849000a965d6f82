package dev.postrider.mail.address;

import java.util.List;

/**
 * What stands behind {@code MAIL FROM:} or {@code RCPT TO:} (RFC 5321 §4.1.2, RFC 6531 §3.3): a
 * path, then parameters; or why it is refused. Immutable.
 *
 * <p>Parsing does not look at SMTPUTF8: whoever takes the path compares {@link
 * Mailbox#needsSmtpUtf8} with what the client declared.
 *
 * @param <P> {@link ReversePath} or {@link Mailbox}
 */
public sealed interface SmtpPath<P> {
  /**
   * A good path.
   *
   * @param path without source route; a mailbox without domain has yet to be qualified
   * @param spelled as the client wrote it, brackets included
   * @param parameters what follows, without surrounding space; may be empty
   */
  record Parsed<P>(P path, String spelled, String parameters) implements SmtpPath<P> {}

  /**
   * No good path.
   *
   * @param fault which reply it deserves
   * @param reason for the log, in words, without the client's text
   */
  record Refused<P>(Fault fault, String reason) implements SmtpPath<P> {}

  /** What is wrong. */
  enum Fault {
    /** Nothing there: {@code 501 5.5.4 Syntax: MAIL FROM:<address>}. */
    MISSING,
    /** {@code 501 5.1.7} (sender) or {@code 501 5.1.3} (recipient): Bad address syntax. */
    BAD_ADDRESS
  }

  /**
   * How much is forgiven.
   *
   * @param strict only {@code <path>} as RFC 5321 has it, and its length limits (64, 255, 256); as
   *     {@code strict_rfc821_envelopes}
   * @param leadingDash whether a local-part may begin with {@code -}; as {@code allow_min_user}
   * @param numericDomain whether the domain may be an IPv4 address without brackets; as {@code
   *     resolve_numeric_domain}
   */
  record Rules(boolean strict, boolean leadingDash, boolean numericDomain) {
    /** Without numeric domains. */
    public Rules(boolean strict, boolean leadingDash) {
      this(strict, leadingDash, false);
    }

    /** Postfix's defaults. */
    public static final Rules LENIENT = new Rules(false, false);
  }

  /** Reads what follows {@code MAIL FROM:}. */
  static SmtpPath<ReversePath> reverse(String argument, Rules rules) {
    return switch (PathToken.split(argument)) {
      case PathToken.None _ -> new Refused<>(Fault.MISSING, "no address");
      case PathToken.Unterminated _ -> new Refused<>(Fault.BAD_ADDRESS, "unterminated path");
      case PathToken.Found(String text, String rest) -> {
        if (isNullPath(text)) {
          yield new Parsed<>(new ReversePath.Null(), text, rest);
        }
        yield switch (mailbox(text, rest, rules)) {
          case Parsed<Mailbox>(Mailbox mailbox, _, _) ->
              new Parsed<>(ReversePath.of(mailbox), text, rest);
          case Refused<Mailbox>(Fault fault, String reason) -> new Refused<>(fault, reason);
        };
      }
    };
  }

  /** Reads what follows {@code RCPT TO:}; {@code <Postmaster>} has an empty domain. */
  static SmtpPath<Mailbox> forward(String argument, Rules rules) {
    return switch (PathToken.split(argument)) {
      case PathToken.None _ -> new Refused<>(Fault.MISSING, "no address");
      case PathToken.Unterminated _ -> new Refused<>(Fault.BAD_ADDRESS, "unterminated path");
      case PathToken.Found(String text, String rest) -> mailbox(text, rest, rules);
    };
  }

  private static boolean isNullPath(String text) {
    return text.startsWith("<")
        && text.endsWith(">")
        && text.substring(1, text.length() - 1).isBlank();
  }

  private static SmtpPath<Mailbox> mailbox(String text, String rest, Rules rules) {
    boolean bracketed = text.length() >= 2 && text.startsWith("<") && text.endsWith(">");
    if (rules.strict() && !bracketed) {
      return new Refused<>(Fault.BAD_ADDRESS, "no angle brackets");
    }
    String inner = bracketed ? text.substring(1, text.length() - 1) : text;
    AddressList list = AddressList.parse(withoutRoute(inner));
    List<AddressList.Address> found = list.addresses();
    if (found.size() != 1) {
      return new Refused<>(
          Fault.BAD_ADDRESS, found.isEmpty() ? "no address" : "more than one address");
    }
    if (rules.strict() && !list.isOneAddress()) {
      return new Refused<>(Fault.BAD_ADDRESS, "comment, group or display name in a path");
    }
    AddressList.Address address = found.getFirst();
    Mailbox mailbox = address.mailbox();
    if (mailbox == null) {
      return new Refused<>(Fault.BAD_ADDRESS, "no local-part or no domain");
    }
    String fault = fault(mailbox, rules);
    return fault.isEmpty()
        ? new Parsed<>(mailbox, text, rest)
        : new Refused<>(Fault.BAD_ADDRESS, fault);
  }

  /** A route is {@code @a,@b:} in front; its commas would otherwise part a list. */
  private static String withoutRoute(String inner) {
    String text = inner.strip();
    int colon = text.startsWith("@") ? text.indexOf(':') : -1;
    return colon < 0 ? text : text.substring(colon + 1);
  }

  private static String fault(Mailbox mailbox, Rules rules) {
    if (!rules.leadingDash() && mailbox.localPart().startsWith("-")) {
      return "local-part begins with a dash";
    }
    if (rules.strict()
        && (mailbox.localPart().length() > 64 || mailbox.external().length() > 254)) {
      return "path too long";
    }
    String domain = mailbox.domain();
    if (domain.isEmpty()) {
      return "";
    }
    if (AddressLiteral.looksLike(domain)) {
      return AddressLiteral.parse(domain).isPresent() ? "" : "bad address literal";
    }
    if (rules.numericDomain() && AddressLiteral.isDottedQuad(domain)) {
      return "";
    }
    return Domain.parse(domain).isPresent() ? "" : "bad domain name";
  }
}

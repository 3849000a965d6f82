package dev.postrider.smtpd;

import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.BodyType;
import dev.postrider.mail.envelope.Envelope.ReturnContent;
import dev.postrider.mail.reply.Reply;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The parameters behind MAIL FROM (RFC 1870, 3461, 4954, 6152, 6531), taken one by one. */
final class MailParameters {
  private static final int MOST_ENVELOPE_ID = 100;
  private static final Reply BAD_SIZE = Reply.of(501, "5.5.4 Bad message size syntax");
  private static final Reply TOO_LARGE =
      Reply.of(552, "5.3.4 Message size exceeds file system imposed limit");
  private static final Reply BAD_RET = Reply.of(501, "5.5.4 Bad RET parameter syntax");
  private static final Reply BAD_ENVID = Reply.of(501, "5.5.4 Bad ENVID parameter syntax");
  private static final Reply NO_DSN = Reply.of(501, "5.7.1 DSN support is disabled");

  private final SessionSettings settings;
  private long size = -1;
  private BodyType bodyType = BodyType.UNDECLARED;
  private boolean smtpUtf8;
  private ReturnContent returnContent = ReturnContent.UNSPECIFIED;
  private @Nullable String envelopeId;

  MailParameters(SessionSettings settings) {
    this.settings = settings;
  }

  /** Takes one parameter; returns what is wrong with it, or null. */
  @Nullable Reply take(String word) {
    int equals = word.indexOf('=');
    String keyword = (equals < 0 ? word : word.substring(0, equals)).toUpperCase(Locale.ROOT);
    String value = equals < 0 ? "" : word.substring(equals + 1);
    if (equals < 0) {
      if (keyword.equals("SMTPUTF8") && settings.smtpUtf8()) {
        smtpUtf8 = true;
        return null;
      }
      return unsupported(word);
    }
    return switch (keyword) {
      case "SIZE" -> size(value);
      case "BODY" -> body(value, word);
      case "RET" -> ret(value);
      case "ENVID" -> envid(value);
      // Who wrote it is of interest only where clients authenticate (RFC 4954 §5).
      case "AUTH" -> null;
      default -> unsupported(word);
    };
  }

  Command.Mail command(ReversePath sender) {
    return new Command.Mail(
        sender, Math.max(size, 0), bodyType, smtpUtf8, returnContent, envelopeId);
  }

  static Reply unsupported(String word) {
    return Reply.of(555, "5.5.4 Unsupported option: " + CommandParser.echo(word));
  }

  private @Nullable Reply size(String value) {
    if (size >= 0 || value.isEmpty()) {
      return BAD_SIZE;
    }
    long number = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < '0' || c > '9') {
        return BAD_SIZE;
      }
      if (number > (Long.MAX_VALUE - 9) / 10) {
        return TOO_LARGE;
      }
      number = number * 10 + (c - '0');
    }
    size = number;
    return null;
  }

  private @Nullable Reply body(String value, String word) {
    BodyType found =
        switch (value.toUpperCase(Locale.ROOT)) {
          case "7BIT" -> BodyType.SEVEN_BIT;
          case "8BITMIME" -> BodyType.EIGHT_BIT_MIME;
          default -> BodyType.UNDECLARED;
        };
    if (found == BodyType.UNDECLARED) {
      return unsupported(word);
    }
    bodyType = found;
    return null;
  }

  private @Nullable Reply ret(String value) {
    if (!settings.dsn()) {
      return NO_DSN;
    }
    if (returnContent != ReturnContent.UNSPECIFIED) {
      return BAD_RET;
    }
    switch (value.toUpperCase(Locale.ROOT)) {
      case "FULL" -> returnContent = ReturnContent.FULL;
      case "HDRS" -> returnContent = ReturnContent.HEADERS;
      default -> {
        return BAD_RET;
      }
    }
    return null;
  }

  private @Nullable Reply envid(String value) {
    if (!settings.dsn()) {
      return NO_DSN;
    }
    String decoded = value.length() > MOST_ENVELOPE_ID ? null : Xtext.decode(value);
    if (envelopeId != null || decoded == null || decoded.isEmpty()) {
      return BAD_ENVID;
    }
    envelopeId = decoded;
    return null;
  }
}

package dev.postrider.smtpd;

import dev.postrider.bounce.Trouble;
import dev.postrider.mail.reply.Reply;
import org.jspecify.annotations.Nullable;

/** Which kind of trouble a refusal is, as Postfix sorts them for notify_classes. */
final class Troubles {
  /** MAIL or ETRN of a client that has not greeted, where it has to (smtpd_helo_required). */
  static final Reply NO_GREETING = Reply.of(503, "5.5.1 Error: send HELO/EHLO first");

  /** DATA in a pipelined group whose recipients were all refused: no fault of its own. */
  static final Reply NO_RECIPIENTS = Reply.of(554, "5.5.1 Error: no valid recipients");

  private Troubles() {}

  /** Of an answer to a command; null if it is none that is told. */
  static @Nullable Trouble of(Verb verb, Reply reply) {
    if (reply.isPositive() || reply.equals(NO_RECIPIENTS)) {
      return null;
    }
    if (reply.equals(NO_GREETING)) {
      return Trouble.POLICY;
    }
    return switch (verb) {
      case MAIL -> ofMail(reply.code());
      case RCPT, VRFY -> ofRecipient(verb, reply.code());
      case ETRN -> reply.code() == 459 ? null : Trouble.PROTOCOL;
      case XCLIENT, XFORWARD -> Trouble.POLICY;
      case HELO, EHLO, STARTTLS, AUTH, DATA, BDAT, RSET, UNKNOWN -> Trouble.PROTOCOL;
      case NOOP, QUIT -> null;
    };
  }

  private static Trouble ofMail(int code) {
    return switch (code) {
      case 452 -> Trouble.RESOURCE;
      case 552 -> Trouble.POLICY;
      default -> Trouble.PROTOCOL;
    };
  }

  private static Trouble ofRecipient(Verb verb, int code) {
    return switch (code) {
      case 451 -> Trouble.DATA;
      case 500, 501, 503, 555 -> Trouble.PROTOCOL;
      // 502: disable_vrfy_command.
      case 502 -> verb == Verb.VRFY ? Trouble.POLICY : Trouble.PROTOCOL;
      default -> Trouble.POLICY;
    };
  }

  /** Of the answer to a whole message. */
  static @Nullable Trouble ofMessage(Reply reply) {
    return switch (reply.code()) {
      case 451, 452 -> Trouble.RESOURCE;
      // Too large, or too many hops.
      case 552, 554 -> Trouble.BOUNCE;
      default -> reply.isPositive() ? null : Trouble.POLICY;
    };
  }
}

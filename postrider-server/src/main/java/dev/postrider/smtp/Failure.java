package dev.postrider.smtp;

import dev.postrider.failure.Stage;
import dev.postrider.mail.reply.EnhancedStatusCode;
import dev.postrider.mail.reply.Reply;
import org.jspecify.annotations.Nullable;

/**
 * Something that went wrong, before anybody decides what follows from it. Immutable.
 *
 * @param stage where it went wrong
 * @param code as the server or we classify it
 * @param text for the log and for people
 * @param reply what the server said, or null
 */
record Failure(Stage stage, EnhancedStatusCode code, String text, @Nullable Reply reply) {
  static Failure of(Stage stage, String code, String text) {
    return new Failure(stage, EnhancedStatusCode.of(code), text, null);
  }

  /** A reply that means no; its own enhanced code counts only where it agrees with the reply. */
  static Failure reply(Stage stage, Reply reply, String text) {
    return new Failure(stage, codeOf(reply), text, reply);
  }

  /**
   * Whether a server found fault with what we said, or answered out of turn: x0z are syntax errors
   * (RFC 5321 §4.2.1), 555 is a parameter that was not announced. Refused logins are another
   * matter.
   */
  boolean isOurFault() {
    if (reply == null || stage == Stage.LOGIN) {
      return false;
    }
    int replied = reply.code();
    return replied < 400 || replied == 555 || (replied >= 500 && replied < 510);
  }

  /** The enhanced code of a reply: its own if the class agrees, else {@code x.0.0}. */
  static EnhancedStatusCode codeOf(Reply reply) {
    int klass = reply.code() / 100;
    if (klass == 3) {
      // "Go on" where nothing is to go on with: out of step, so nothing is proven.
      klass = 4;
    }
    String text = reply.lines().getFirst().stripLeading();
    int length = EnhancedStatusCode.prefixLength(text);
    if (length > 0 && text.charAt(0) - '0' == klass) {
      return EnhancedStatusCode.of(text.substring(0, length));
    }
    return new EnhancedStatusCode(klass, 0, 0);
  }
}

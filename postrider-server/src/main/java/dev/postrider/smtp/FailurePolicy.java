package dev.postrider.smtp;

import dev.postrider.mail.reply.EnhancedStatusCode;
import dev.postrider.mail.reply.Reply;

/**
 * Decides what follows from a failure: the next host, a later attempt, or a bounce. The only place
 * that does. Immutable.
 */
final class FailurePolicy {
  /** What follows. */
  enum Next {
    NEXT_HOST,
    DEFER,
    BOUNCE
  }

  /**
   * @param next what follows
   * @param code the status to report, its class agreeing with {@code next}
   */
  record Decision(Next next, EnhancedStatusCode code) {}

  private final ClientSettings settings;
  private final ReplyAdvice advice;

  FailurePolicy(ClientSettings settings, ReplyAdvice advice) {
    this.settings = settings;
    this.advice = advice;
  }

  /**
   * @param anotherHost whether there is a host left to try
   */
  Decision decide(Failure failure, boolean anotherHost) {
    boolean temporary = isTemporary(failure);
    EnhancedStatusCode code = failure.code().withClass(temporary ? 4 : 5);
    boolean moveOn = temporary || isHostsOwn(failure.stage());
    if (anotherHost && moveOn) {
      return new Decision(Next.NEXT_HOST, code);
    }
    return new Decision(temporary ? Next.DEFER : Next.BOUNCE, code);
  }

  private boolean isTemporary(Failure failure) {
    if (failure.code().klass() == 4 || settings.softBounce) {
      return true;
    }
    Reply reply = failure.reply();
    return switch (failure.stage()) {
      case GREETING -> settings.skip5xxGreeting;
      case LOGIN -> settings.saslSoftBounce;
      // RFC 5321 §4.5.3.1.10: too many recipients was once 552. In LMTP it is a full mailbox.
      case RCPT ->
          (settings.dialect == Dialect.SMTP && reply != null && reply.code() == 552)
              || isQuota(reply);
      case HELLO, MAIL, DATA, END_OF_DATA -> isQuota(reply);
      case TLS, CONNECT, LOCAL -> true;
      case LOOKUP, FEATURE -> false;
    };
  }

  /** Whether a refusal for good by one host says nothing about the others. */
  private static boolean isHostsOwn(Failure.Stage stage) {
    return stage == Failure.Stage.LOOKUP || stage == Failure.Stage.FEATURE;
  }

  /** Providers say 5yz when today's quota is used up; the mail is good tomorrow. */
  private boolean isQuota(@org.jspecify.annotations.Nullable Reply reply) {
    return reply != null && advice.isQuota(reply);
  }
}

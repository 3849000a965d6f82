package dev.postrider.smtp;

import dev.postrider.failure.Stage;
import dev.postrider.failure.Treatment;
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

  FailurePolicy(ClientSettings settings) {
    this.settings = settings;
  }

  /**
   * @param treatment what the rule that knows the failure wants
   * @param anotherHost whether there is a host left to try
   */
  Decision decide(Failure failure, Treatment treatment, boolean anotherHost) {
    boolean temporary = isTemporary(failure, treatment);
    EnhancedStatusCode code = failure.code().withClass(temporary ? 4 : 5);
    boolean moveOn = temporary || isHostsOwn(failure.stage());
    if (anotherHost && moveOn) {
      return new Decision(Next.NEXT_HOST, code);
    }
    return new Decision(temporary ? Next.DEFER : Next.BOUNCE, code);
  }

  private boolean isTemporary(Failure failure, Treatment treatment) {
    if (settings.softBounce) {
      return true;
    }
    if (treatment instanceof Treatment.Bounce) {
      return false;
    }
    if (failure.code().klass() == 4) {
      return true;
    }
    Reply reply = failure.reply();
    return switch (failure.stage()) {
      case GREETING -> settings.skip5xxGreeting || treatment.keeps();
      case LOGIN -> settings.saslSoftBounce;
      // RFC 5321 §4.5.3.1.10: too many recipients was once 552. In LMTP it is a full mailbox.
      case RCPT ->
          (settings.dialect == Dialect.SMTP && reply != null && reply.code() == 552)
              || treatment.keeps();
      // Providers say 5yz when today's quota is used up; the mail is good tomorrow.
      case HELLO, MAIL, DATA, END_OF_DATA, LOOKUP, FEATURE -> treatment.keeps();
      case TLS, CONNECT, LOCAL -> true;
    };
  }

  /** Whether a refusal for good by one host says nothing about the others. */
  private static boolean isHostsOwn(Stage stage) {
    return stage == Stage.LOOKUP || stage == Stage.FEATURE;
  }
}

package dev.postrider.delivery;

import dev.postrider.mail.reply.EnhancedStatusCode;
import java.io.IOException;
import java.io.Serial;

/** A delivery that did not happen, with what becomes of the mail. */
public final class DeliveryFailure extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final String code;

  /**
   * Says why.
   *
   * @param code an enhanced status code; its class decides between waiting and bouncing
   * @param message as the log has it between the parentheses
   */
  public DeliveryFailure(String code, String message) {
    super(message);
    this.code = code;
  }

  /** The enhanced status code. */
  public String code() {
    return code;
  }

  /** What becomes of the mail. */
  public DeliveryStatus status(DeliveryStatus.Attempt attempt) {
    EnhancedStatusCode status = EnhancedStatusCode.of(code);
    String text = String.valueOf(getMessage());
    return status.klass() == 5
        ? new DeliveryStatus.Bounced(status, text, attempt)
        : new DeliveryStatus.Deferred(status, text, attempt);
  }
}

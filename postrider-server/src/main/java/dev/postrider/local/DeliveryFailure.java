package dev.postrider.local;

import java.io.IOException;
import java.io.Serial;

/** A mailbox that could not be written, with what becomes of the mail. */
final class DeliveryFailure extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final String code;

  /**
   * @param code an enhanced status code; its class decides between waiting and bouncing
   */
  DeliveryFailure(String code, String message) {
    super(message);
    this.code = code;
  }

  String code() {
    return code;
  }
}

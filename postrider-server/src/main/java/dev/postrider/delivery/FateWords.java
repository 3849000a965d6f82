package dev.postrider.delivery;

import dev.postrider.mail.reply.EnhancedStatusCode;
import java.util.Optional;

/** The status code and the text that a next hop such as {@code 5.7.1 no mail here} stands for. */
record FateWords(EnhancedStatusCode code, String text) {
  /** A code of another class than the fate's is left out: it would contradict the fate. */
  static FateWords of(NextHop nextHop, int klass) {
    EnhancedStatusCode plain = new EnhancedStatusCode(klass, 0, 0);
    String given = nextHop.destination().strip();
    int end = EnhancedStatusCode.prefixLength(given);
    Optional<EnhancedStatusCode> code = EnhancedStatusCode.parse(given.substring(0, end));
    if (code.isEmpty()) {
      return new FateWords(plain, given);
    }
    return new FateWords(
        code.get().klass() == klass ? code.get() : plain, given.substring(end).strip());
  }

  static DeliveryStatus.Attempt attempt(String process) {
    return DeliveryStatus.Attempt.here(process, "none");
  }
}

package dev.postrider.failure;

import java.util.Locale;
import java.util.Optional;

/** The step of a delivery at which it failed. */
public enum Stage {
  LOOKUP,
  CONNECT,
  GREETING,
  HELLO,
  TLS,
  LOGIN,
  MAIL,
  RCPT,
  DATA,
  END_OF_DATA,
  /** The server lacks an extension that the message needs. */
  FEATURE,
  LOCAL;

  /** As rules name it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Optional<Stage> of(String word) {
    for (Stage each : values()) {
      if (each.word().equals(word)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }
}

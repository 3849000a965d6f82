package dev.postrider.smtp;

import dev.postrider.tls.Pin;
import dev.postrider.tls.Pins;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads fingerprints of certificates and of public keys: hexadecimal digits, with colons or
 * without. Which of the two one is need not be said; whichever it is, it matches. Safe on any
 * thread.
 *
 * @param digest Java's name; empty if the configured one is unknown, and nothing matches then
 * @param warn told of values that are none
 */
record Fingerprints(Optional<String> digest, Consumer<String> warn) {
  Pins parse(List<String> values) {
    List<Pin> pins = new ArrayList<>();
    for (String value : values) {
      String digits = value.replace(":", "").toUpperCase(Locale.ROOT);
      if (digits.isEmpty() || digits.length() % 2 != 0 || !digits.matches("[0-9A-F]+")) {
        warn.accept("malformed fingerprint value: " + value);
        continue;
      }
      if (digest.isPresent()) {
        for (boolean certificate : new boolean[] {true, false}) {
          Pin pin = new Pin(Pin.Holder.SERVER, certificate, digest.get(), digits);
          if (pin.isUsable()) {
            pins.add(pin);
          } else if (certificate) {
            warn.accept(
                "fingerprint " + value + " has not the length that " + digest.get() + " has");
          }
        }
      }
    }
    return new Pins(pins, /* serverNeedsName= */ false);
  }
}

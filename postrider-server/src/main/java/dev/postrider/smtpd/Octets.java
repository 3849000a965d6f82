package dev.postrider.smtpd;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Lines as they came: one character a byte. */
final class Octets {
  private Octets() {}

  /** The text of a line, whose bytes must be UTF-8; null if they are not. */
  static @Nullable String decoded(String line) {
    boolean ascii = true;
    for (int i = 0; i < line.length() && ascii; i++) {
      ascii = line.charAt(i) < 0x80;
    }
    if (ascii) {
      return line;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(line.getBytes(StandardCharsets.ISO_8859_1)))
          .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}

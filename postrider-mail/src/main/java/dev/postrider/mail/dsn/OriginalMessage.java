package dev.postrider.mail.dsn;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * What a report returns of the message it is about. Never cut inside: either all of it, or whole
 * header fields only.
 *
 * @param content header, and unless {@code headerOnly} an empty line and the body; LF line ends;
 *     not copied, so the caller leaves it alone
 * @param headerOnly whether {@code content} stops before the empty line
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not compared
public record OriginalMessage(byte[] content, boolean headerOnly) {
  /**
   * Whether a field of its header is beyond ASCII, and all of them UTF-8: then it is a message of
   * RFC 6532, which message/rfc822 cannot be.
   */
  boolean hasUtf8Header() {
    int end = 0;
    boolean ascii = true;
    while (end < content.length
        && !(content[end] == '\n' && (end == 0 || content[end - 1] == '\n'))) {
      ascii &= content[end] >= 0;
      end++;
    }
    if (ascii) {
      return false;
    }
    try {
      CharBuffer _ = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content, 0, end));
      return true;
    } catch (CharacterCodingException _) {
      return false;
    }
  }
}

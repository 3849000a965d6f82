package dev.postrider.secret;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/** A password, token or key. Immutable; prints as asterisks. Never empty. */
public final class Secret {
  private final byte[] utf8;

  private Secret(byte[] utf8) {
    if (utf8.length == 0) {
      throw new IllegalArgumentException("an empty secret");
    }
    this.utf8 = utf8;
  }

  /**
   * A secret of some text.
   *
   * @throws IllegalArgumentException if it is empty
   */
  public static Secret of(String text) {
    return new Secret(text.getBytes(StandardCharsets.UTF_8));
  }

  /** What a person typed; the array is overwritten. */
  public static Secret taking(char[] typed) {
    // Three octets for each char at most, as a pair of them makes four.
    byte[] room = new byte[typed.length * 3];
    ByteBuffer octets = ByteBuffer.wrap(room);
    CoderResult _ =
        StandardCharsets.UTF_8
            .newEncoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .encode(CharBuffer.wrap(typed), octets, true);
    byte[] utf8 = Arrays.copyOf(room, octets.position());
    Arrays.fill(room, (byte) 0);
    Arrays.fill(typed, '\0');
    return new Secret(utf8);
  }

  /**
   * The first line of what a file or program holds, spaces and all; an octet sequence that is no
   * UTF-8 is taken as ISO 8859-1.
   *
   * @throws IllegalArgumentException if that line is empty
   */
  static Secret firstLine(byte[] content) {
    int end = 0;
    while (end < content.length && content[end] != '\n' && content[end] != 0) {
      end++;
    }
    if (end > 0 && content[end - 1] == '\r') {
      end--;
    }
    byte[] line = Arrays.copyOf(content, end);
    try {
      CharBuffer _ = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line));
      return new Secret(line);
    } catch (CharacterCodingException _) {
      return of(new String(line, StandardCharsets.ISO_8859_1));
    }
  }

  /** A copy, in UTF-8. */
  public byte[] octets() {
    return utf8.clone();
  }

  /** The secret itself: for the one who proves it, not for messages. */
  public String text() {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && MessageDigest.isEqual(utf8, secret.utf8);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(utf8);
  }

  @Override
  public String toString() {
    return "********";
  }
}

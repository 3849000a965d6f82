package dev.postrider.helper;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Takes the content of a frame apart, and believes none of it. For one thread. */
final class FieldReader {
  private final ByteBuffer fields;

  FieldReader(byte[] frame) {
    this.fields = ByteBuffer.wrap(frame);
  }

  int kind() throws IOException {
    return within(1).get() & 0xff;
  }

  long number() throws IOException {
    return within(Long.BYTES).getLong();
  }

  /**
   * A number of some range.
   *
   * @throws IOException if it is outside
   */
  int number(int least, int most) throws IOException {
    long number = number();
    if (number < least || number > most) {
      throw malformed("number " + number + " is not between " + least + " and " + most);
    }
    return (int) number;
  }

  /** Text without NUL. */
  String text() throws IOException {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(octetBuffer()).toString();
      if (text.indexOf('\0') >= 0) {
        throw malformed("NUL in a text");
      }
      return text;
    } catch (CharacterCodingException e) {
      throw new IOException("helper protocol: not UTF-8", e);
    }
  }

  Path path() throws IOException {
    String text = text();
    try {
      Path path = Path.of(text);
      if (!path.isAbsolute()) {
        throw malformed("not an absolute path: \"" + text + "\"");
      }
      return path;
    } catch (InvalidPathException e) {
      throw new IOException("helper protocol: not a path: \"" + text + "\"", e);
    }
  }

  /** An octet a character. */
  String octets() throws IOException {
    return StandardCharsets.ISO_8859_1.decode(octetBuffer()).toString();
  }

  Identity identity() throws IOException {
    return new Identity(text(), number(), number());
  }

  void end() throws IOException {
    if (fields.hasRemaining()) {
      throw malformed(fields.remaining() + " octets too many");
    }
  }

  static IOException malformed(String what) {
    return new IOException("helper protocol: " + what);
  }

  private ByteBuffer octetBuffer() throws IOException {
    int length = within(Integer.BYTES).getInt();
    if (length < 0 || length > fields.remaining()) {
      throw malformed("a field of " + length + " octets in a frame of " + fields.limit());
    }
    ByteBuffer octets = fields.slice(fields.position(), length);
    fields.position(fields.position() + length);
    return octets;
  }

  private ByteBuffer within(int count) throws IOException {
    if (fields.remaining() < count) {
      throw new IOException("helper protocol: a frame too short", new BufferUnderflowException());
    }
    return fields;
  }
}

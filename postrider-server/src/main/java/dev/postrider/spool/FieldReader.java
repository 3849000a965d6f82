package dev.postrider.spool;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads what {@link FieldWriter} wrote, within the bounds it is given. For one thread. */
final class FieldReader {
  private final byte[] bytes;
  private int position;
  private final int end;
  private int valueEnd;

  FieldReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  private FieldReader(byte[] bytes, int position, int end) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
    this.valueEnd = position;
  }

  /** The next field's tag, or -1 at the end; skips what was not read of the one before. */
  int next() throws BadRecordException {
    position = valueEnd;
    if (position == end) {
      return -1;
    }
    valueEnd = end;
    int tag = bytes[position++] & 0xFF;
    int length = length();
    valueEnd = position + length;
    return tag;
  }

  long number() throws BadRecordException {
    return varint();
  }

  String text() {
    String text = new String(bytes, position, valueEnd - position, StandardCharsets.UTF_8);
    position = valueEnd;
    return text;
  }

  byte[] value() {
    byte[] value = Arrays.copyOfRange(bytes, position, valueEnd);
    position = valueEnd;
    return value;
  }

  String rawText() throws BadRecordException {
    int length = length();
    String text = new String(bytes, position, length, StandardCharsets.UTF_8);
    position += length;
    return text;
  }

  /** What is left of this value, as fields. */
  FieldReader fields() {
    FieldReader nested = new FieldReader(bytes, position, valueEnd);
    position = valueEnd;
    return nested;
  }

  private int length() throws BadRecordException {
    long length = varint();
    if (length < 0 || length > valueEnd - position) {
      throw new BadRecordException("a field is longer than its record");
    }
    return (int) length;
  }

  private long varint() throws BadRecordException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (position >= valueEnd) {
        throw new BadRecordException("a number is cut off");
      }
      int next = bytes[position++];
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new BadRecordException("a number is too long");
  }
}

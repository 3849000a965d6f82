package dev.postrider.spool;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes tagged fields: a tag byte, the length, the value. A reader skips tags it does not know, so
 * fields can be added. For one thread.
 */
final class FieldWriter {
  private byte[] bytes;
  private int length;

  FieldWriter(int expectedBytes) {
    bytes = new byte[expectedBytes];
  }

  void number(int tag, long value) {
    put(tag);
    varint(varintBytes(value));
    varint(value);
  }

  void text(int tag, String value) {
    bytes(tag, value.getBytes(StandardCharsets.UTF_8));
  }

  void bytes(int tag, byte[] value) {
    put(tag);
    block(value, value.length);
  }

  /** Another writer's fields as the value. */
  void fields(int tag, FieldWriter value) {
    put(tag);
    block(value.bytes, value.length);
  }

  /** Text without a tag, inside a value whose layout is fixed. */
  void rawText(String value) {
    byte[] text = value.getBytes(StandardCharsets.UTF_8);
    block(text, text.length);
  }

  void rawNumber(long value) {
    varint(value);
  }

  void clear() {
    length = 0;
  }

  byte[] toBytes() {
    return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
  }

  private void block(byte[] value, int count) {
    varint(count);
    room(count);
    System.arraycopy(value, 0, bytes, length, count);
    length += count;
  }

  /** Seven bits a byte, least first, the high bit on all but the last (LEB128, unsigned). */
  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      put((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    put((int) rest);
  }

  private static int varintBytes(long value) {
    return Math.max(1, (70 - Long.numberOfLeadingZeros(value)) / 7);
  }

  private void put(int value) {
    room(1);
    bytes[length++] = (byte) value;
  }

  private void room(int count) {
    if (bytes.length - length < count) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
    }
  }
}

package dev.postrider.migrate;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * One record of a file of Postfix's queue: a letter, a length in groups of seven bits with the
 * lowest first, and that many octets. Immutable.
 */
final class QueueRecord {
  static final char SIZE = 'C';
  static final char TIME = 'T';
  static final char FULL_NAME = 'F';
  static final char INSPECTOR = 'I';
  static final char FROM = 'S';
  static final char RECIPIENT = 'R';
  static final char DONE = 'D';
  static final char CANCELED = '/';
  static final char ORIGINAL = 'O';
  static final char WARNING = 'W';
  static final char ATTRIBUTE = 'A';
  static final char KILLED = 'K';
  static final char REDIRECT = '>';
  static final char VERP = 'V';
  static final char CREATE_TIME = 'c';
  static final char DSN_RETURN = '<';
  static final char DSN_ENVELOPE_ID = 'i';
  static final char DSN_ORIGINAL = 'o';
  static final char DSN_NOTIFY = 'n';
  static final char MESSAGE = 'M';

  /** A line of the content; and in an envelope, {@link #CONTINUED} names a content filter. */
  static final char LINE = 'N';

  /** A part of a line that goes on in the next record. */
  static final char CONTINUED = 'L';

  static final char PADDING = 'w';
  static final char EXTRACTED = 'X';
  static final char POINTER = 'p';
  static final char END = 'E';

  private final char type;
  private final byte[] data;
  private final long offset;

  /**
   * A record as it stands.
   *
   * @param data given away
   * @param offset where the record begins in the file
   */
  QueueRecord(char type, byte[] data, long offset) {
    this.type = type;
    this.data = data;
    this.offset = offset;
  }

  char type() {
    return type;
  }

  /** Not to be changed. */
  byte[] data() {
    return data;
  }

  long offset() {
    return offset;
  }

  /** UTF-8, or Latin-1 where it is none, so that no octet is refused. */
  String text() {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(data)).toString();
    } catch (CharacterCodingException e) {
      return new String(data, StandardCharsets.ISO_8859_1);
    }
  }
}

package dev.postrider.spool;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Looks for records in a stretch of damaged bytes, at any offset: bytes may be missing. Only where
 * the segment's stamp stands is a record believed in, because senders do not know it. Functions
 * only.
 */
final class Fragments {
  private static final int STAMP_AT = 16;

  private Fragments() {}

  /**
   * A message of which something is there.
   *
   * @param fields the envelope, or what is left of it
   * @param envelopeIsSound whether its checksum fits
   * @param contentFrom where in the stretch the content begins
   * @param contentLength how much of it is there
   * @param expectedLength how much there was; -1 if that is not known
   * @param contentIsSound whether its checksum fits
   */
  record Message(
      long id,
      MessageFields fields,
      boolean envelopeIsSound,
      int contentFrom,
      int contentLength,
      int expectedLength,
      boolean contentIsSound) {}

  /** Another record, sound. */
  static final class Word {
    private final RecordHeader header;
    private final byte[] meta;

    private Word(RecordHeader header, byte[] meta) {
      this.header = header;
      this.meta = meta;
    }

    RecordHeader header() {
      return header;
    }

    byte[] meta() {
      return meta;
    }
  }

  /** All that is found. */
  record Found(List<Message> messages, List<Word> words) {}

  static Found in(byte[] bytes, long stamp) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    List<Integer> starts = starts(buffer, stamp);
    Found found = new Found(new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < starts.size(); i++) {
      int at = starts.get(i);
      int bound = i + 1 < starts.size() ? starts.get(i + 1) : bytes.length;
      RecordHeader header = RecordHeader.parse(buffer, at, stamp);
      if (header == null) {
        torn(bytes, at, bound, found);
      } else if (header.type() == RecordType.MESSAGE) {
        message(bytes, header, at, bound, found);
      } else {
        word(bytes, header, at, found);
      }
    }
    return found;
  }

  private static List<Integer> starts(ByteBuffer bytes, long stamp) {
    List<Integer> starts = new ArrayList<>();
    // Where damage begins a record ended before, so here the mark alone is enough.
    if (bytes.limit() >= RecordHeader.BYTES
        && bytes.getInt(0) == RecordHeader.MARK
        && bytes.getLong(STAMP_AT) != stamp) {
      starts.add(0);
    }
    byte first = (byte) (stamp >>> 56);
    for (int at = 0; at + RecordHeader.BYTES <= bytes.limit(); at++) {
      if (bytes.get(at + STAMP_AT) == first && bytes.getLong(at + STAMP_AT) == stamp) {
        starts.add(at);
      }
    }
    return starts;
  }

  private static void word(byte[] bytes, RecordHeader header, int at, Found found) {
    int from = at + RecordHeader.BYTES;
    if (header.metaLength() <= bytes.length - from) {
      byte[] meta = Arrays.copyOfRange(bytes, from, from + header.metaLength());
      if (RecordHeader.crc(meta, meta.length) == header.metaCrc()) {
        found.words.add(new Word(header, meta));
      }
    }
  }

  /** One whose header is sound, so that its lengths are to be trusted. */
  private static void message(byte[] bytes, RecordHeader header, int at, int bound, Found found) {
    int metaFrom = at + RecordHeader.BYTES;
    int metaEnd = Math.min(metaFrom + header.metaLength(), bound);
    MessageFields fields = null;
    byte[] meta = Arrays.copyOfRange(bytes, metaFrom, metaEnd);
    if (meta.length == header.metaLength()
        && RecordHeader.crc(meta, meta.length) == header.metaCrc()) {
      fields = decoded(meta);
    }
    boolean sound = fields != null;
    TornFields torn = TornFields.read(bytes, metaFrom, metaEnd);
    int length = Math.min(header.contentLength(), Math.max(0, bound - metaEnd));
    CRC32C crc = new CRC32C();
    crc.update(bytes, metaEnd, length);
    boolean contentIsSound =
        length == header.contentLength()
            && (length == 0 || (int) crc.getValue() == header.contentCrc());
    found.messages.add(
        new Message(
            header.id(),
            fields == null ? torn.fields() : fields,
            sound,
            metaEnd,
            length,
            header.contentLength(),
            contentIsSound));
  }

  private static @org.jspecify.annotations.Nullable MessageFields decoded(byte[] meta) {
    try {
      return MessageFields.decode(meta);
    } catch (BadRecordException _) {
      return null;
    }
  }

  /** One whose header is damaged too: it is a message if what follows looks like one. */
  private static void torn(byte[] all, int at, int bound, Found found) {
    ByteBuffer bytes = ByteBuffer.wrap(all);
    int metaFrom = at + RecordHeader.BYTES;
    TornFields torn = TornFields.read(all, metaFrom, bound);
    MessageFields fields = torn.fields();
    if (fields.arrivalMicros() <= 0 || fields.envelope().recipients().isEmpty()) {
      return;
    }
    int metaLength = torn.end() - metaFrom;
    boolean sound = false;
    for (int length : new int[] {bytes.getInt(at + 24), metaLength}) {
      if (!sound
          && length >= 0
          && length <= bound - metaFrom
          && bytes.getInt(at + 32) == RecordHeader.crc(bytes, metaFrom, length)) {
        sound = true;
        metaLength = length;
      }
    }
    int from = metaFrom + metaLength;
    int length = contentLength(bytes, at, from, bound);
    boolean contentIsSound = length >= 0;
    int expected = bytes.getInt(at + 28);
    boolean plausible = expected >= 0 && expected <= bound - from;
    if (length < 0) {
      length = plausible ? expected : bound - from;
    }
    MessageFields whole = sound ? decoded(Arrays.copyOfRange(all, metaFrom, from)) : null;
    // The id may be what was damaged; the time of arrival is within its own field.
    long id = bytes.getLong(at + 8);
    boolean idIsLikely = Math.abs(id - fields.arrivalMicros()) < 60_000_000L;
    found.messages.add(
        new Message(
            idIsLikely ? id : fields.arrivalMicros(),
            whole == null ? fields : whole,
            whole != null,
            from,
            length,
            contentIsSound ? length : plausible ? expected : -1,
            contentIsSound));
  }

  /** As long as its checksum says: up to the bound, or to where a gap before it begins; or -1. */
  private static int contentLength(ByteBuffer bytes, int at, int from, int bound) {
    int crc = bytes.getInt(at + 36);
    int expected = bytes.getInt(at + 28);
    if (expected > 0
        && expected <= bound - from
        && RecordHeader.crc(bytes, from, expected) == crc) {
      return expected;
    }
    for (int gap = 0; gap < RecordHeader.ALIGNMENT && bound - from > gap; gap++) {
      if (RecordHeader.crc(bytes, from, bound - from - gap) == crc) {
        return bound - from - gap;
      }
    }
    return -1;
  }
}

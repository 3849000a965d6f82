package dev.postrider.spool;

import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The meta part of a MESSAGE whose checksum does not fit, field by field, as far as its bytes make
 * sense. What is read this way may be wrong in any letter. For one thread.
 */
final class TornFields {
  private long arrivalMicros;
  private Envelope envelope = Envelope.of(new ReversePath.Null(), List.of());
  private MessageFields.@Nullable ExternalBody body;
  private final List<Recipient> recipients = new ArrayList<>();
  private final byte[] bytes;
  private int position;

  private TornFields(byte[] bytes, int from) {
    this.bytes = bytes;
    this.position = from;
  }

  /**
   * Reads what there is.
   *
   * @param end where it ends at the latest
   */
  static TornFields read(byte[] bytes, int from, int end) {
    TornFields torn = new TornFields(bytes, from);
    List<byte[]> body = new ArrayList<>();
    byte[] field = torn.next(end);
    while (field != null) {
      torn.take(field, body);
      field = torn.next(end);
    }
    return torn;
  }

  /** Null if what comes next is no field. */
  private byte @Nullable [] next(int end) {
    int tag = position < end ? bytes[position] & 0xFF : 0;
    if (tag == 0 || tag > MessageFields.GREATEST_TAG) {
      return null;
    }
    int at = position + 1;
    long length = 0;
    for (int shift = 0; ; shift += 7) {
      if (at == end || shift > 28) {
        return null;
      }
      int octet = bytes[at++];
      length |= (octet & 0x7FL) << shift;
      if (octet >= 0) {
        break;
      }
    }
    if (length > end - at) {
      return null;
    }
    byte[] field = Arrays.copyOfRange(bytes, position, at + (int) length);
    position = at + (int) length;
    return field;
  }

  private void take(byte[] field, List<byte[]> bodyFields) {
    try {
      if (field[0] == 8 || field[0] == 9) {
        bodyFields.add(field);
        MessageFields.ExternalBody both = MessageFields.decode(joined(bodyFields)).body();
        body = both;
        return;
      }
      MessageFields one = MessageFields.decode(field);
      if (one.arrivalMicros() > 0) {
        arrivalMicros = one.arrivalMicros();
      }
      recipients.addAll(one.envelope().recipients());
      envelope = merged(field[0], one.envelope());
    } catch (BadRecordException _) {
      // This field is lost; the next one may be sound.
    }
  }

  private static byte[] joined(List<byte[]> fields) {
    int length = fields.stream().mapToInt(each -> each.length).sum();
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] field : fields) {
      System.arraycopy(field, 0, all, at, field.length);
      at += field.length;
    }
    return all;
  }

  private Envelope merged(int tag, Envelope one) {
    return new Envelope(
        tag == 2 ? one.sender() : envelope.sender(),
        List.of(),
        tag == 3 ? one.bodyType() : envelope.bodyType(),
        tag == 4 ? one.smtpUtf8() : envelope.smtpUtf8(),
        tag == 5 ? one.returnContent() : envelope.returnContent(),
        tag == 6 ? one.envelopeId() : envelope.envelopeId(),
        tag == 10 ? one.purpose() : envelope.purpose(),
        tag == 12 ? one.client() : envelope.client(),
        tag == 13 ? one.handedOverBy() : envelope.handedOverBy());
  }

  /** Where it ends: there the content begins, if nothing in between is torn. */
  int end() {
    return position;
  }

  MessageFields fields() {
    return new MessageFields(arrivalMicros, envelope.withRecipients(recipients), body, null);
  }
}

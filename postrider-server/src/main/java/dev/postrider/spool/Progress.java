package dev.postrider.spool;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a message has come, recipient by recipient. In memory only while attempts are under way;
 * then it is in a STATE record. Guarded by its {@link Entry}.
 */
final class Progress {
  private static final int ATTEMPTS = 1;
  private static final int NEXT_ATTEMPT = 2;
  private static final int HELD = 3;
  private static final int DONE = 4;
  private static final int REASON = 5;
  private static final int INDEX = 6;
  private static final int EXPIRED = 7;
  private static final int MARKS = 8;

  private final BitSet done;
  private @Nullable String @Nullable [] reasons;
  private int version;

  Progress() {
    this(new BitSet());
  }

  private Progress(BitSet done) {
    this.done = done;
  }

  /**
   * As it was where the message comes from.
   *
   * @param pending who still waits, of {@code recipients}
   */
  static Progress of(List<StoredMessage.Pending> pending, int recipients) {
    Progress progress = new Progress();
    progress.done.set(0, recipients);
    for (StoredMessage.Pending each : pending) {
      if (each.index() < 0 || each.index() >= recipients) {
        throw new IllegalArgumentException("recipient " + each.index() + " of " + recipients);
      }
      progress.done.clear(each.index());
    }
    progress.reasons(pending, recipients);
    return progress;
  }

  /** Keeps the last delay of each recipient who waits. */
  void reasons(List<StoredMessage.Pending> delays, int recipients) {
    @Nullable String[] kept = new String[recipients];
    for (StoredMessage.Pending delay : delays) {
      if (delay.index() >= 0 && delay.index() < recipients) {
        kept[delay.index()] = delay.reason();
      }
    }
    reasons = kept;
    version++;
  }

  /** Returns false if that recipient was done before. */
  boolean done(int index) {
    if (done.get(index)) {
      return false;
    }
    done.set(index);
    version++;
    return true;
  }

  /** Changes with every change. */
  int version() {
    return version;
  }

  int doneCount() {
    return done.cardinality();
  }

  List<StoredMessage.Pending> pending(int recipients) {
    List<StoredMessage.Pending> pending = new ArrayList<>(recipients - done.cardinality());
    for (int i = done.nextClearBit(0); i < recipients; i = done.nextClearBit(i + 1)) {
      String reason = reasons == null ? null : reasons[i];
      pending.add(new StoredMessage.Pending(i, reason == null ? "" : reason));
    }
    return pending;
  }

  /** The meta part of a STATE record. */
  static byte[] encode(Standing standing, @Nullable Progress progress) {
    FieldWriter out = new FieldWriter(64);
    standing(out, standing);
    if (progress != null) {
      progress.fields(out);
    }
    return out.toBytes();
  }

  static void standing(FieldWriter out, Standing standing) {
    out.number(ATTEMPTS, standing.attempts());
    out.number(NEXT_ATTEMPT, standing.nextAttemptMicros());
    if (standing.held()) {
      out.number(HELD, 1);
    }
    if (standing.expired()) {
      out.number(EXPIRED, 1);
    }
    if (standing.marks() != 0) {
      out.number(MARKS, standing.marks());
    }
  }

  /** The meta part of a DONE record. */
  static byte[] encodeDone(int index) {
    FieldWriter out = new FieldWriter(8);
    out.number(INDEX, index);
    return out.toBytes();
  }

  /** The meta part of a SCHEDULE record. */
  static byte[] encodeSchedule(long nextAttemptMicros) {
    FieldWriter out = new FieldWriter(16);
    out.number(NEXT_ATTEMPT, nextAttemptMicros);
    return out.toBytes();
  }

  /** The recipient a DONE record speaks of. */
  static long index(byte[] meta) throws BadRecordException {
    FieldReader in = new FieldReader(meta);
    for (int tag = in.next(); tag >= 0; tag = in.next()) {
      if (tag == INDEX) {
        return in.number();
      }
    }
    throw new BadRecordException("DONE without a recipient");
  }

  private void fields(FieldWriter out) {
    if (!done.isEmpty()) {
      out.bytes(DONE, done.toByteArray());
    }
    if (reasons == null) {
      return;
    }
    FieldWriter value = new FieldWriter(128);
    for (int i = 0; i < reasons.length; i++) {
      String reason = reasons[i];
      if (reason != null && !reason.isEmpty() && !done.get(i)) {
        value.clear();
        value.rawNumber(i);
        value.rawText(reason);
        out.fields(REASON, value);
      }
    }
  }

  /** The part of a STATE record that the index keeps. */
  record Standing(int attempts, long nextAttemptMicros, boolean held, boolean expired, int marks) {}

  static Standing standing(byte[] meta) throws BadRecordException {
    return standing(new FieldReader(meta));
  }

  static Standing standing(FieldReader in) throws BadRecordException {
    int attempts = 0;
    long next = 0;
    boolean held = false;
    boolean expired = false;
    int marks = 0;
    for (int tag = in.next(); tag >= 0; tag = in.next()) {
      switch (tag) {
        case ATTEMPTS -> attempts = (int) in.number();
        case NEXT_ATTEMPT -> next = in.number();
        case HELD -> held = in.number() != 0;
        case EXPIRED -> expired = in.number() != 0;
        case MARKS -> marks = (int) in.number();
        default -> {
          // The rest is read when somebody asks for it.
        }
      }
    }
    return new Standing(attempts, next, held, expired, marks);
  }

  /**
   * What a STATE record says without the reasons.
   *
   * @param done how many recipients need no further attempt
   * @param leastRecipients a message it is about has at least so many
   */
  record Extent(int done, int leastRecipients) {}

  static Extent extent(byte[] meta) throws BadRecordException {
    int done = 0;
    long least = 0;
    FieldReader in = new FieldReader(meta);
    for (int tag = in.next(); tag >= 0; tag = in.next()) {
      switch (tag) {
        case DONE -> {
          BitSet bits = BitSet.valueOf(in.value());
          done = bits.cardinality();
          least = Math.max(least, bits.length());
        }
        case REASON -> {
          long index = in.number();
          if (index < 0 || index >= RecordHeader.MAX_META) {
            throw new BadRecordException("a delay of recipient " + index);
          }
          least = Math.max(least, index + 1);
        }
        default -> {
          // Of no weight here.
        }
      }
    }
    return new Extent(done, (int) least);
  }

  static Progress decode(byte[] meta, int recipients) throws BadRecordException {
    Progress progress = new Progress();
    FieldReader in = new FieldReader(meta);
    for (int tag = in.next(); tag >= 0; tag = in.next()) {
      switch (tag) {
        case DONE -> progress.done.or(BitSet.valueOf(in.value()));
        case REASON -> progress.reason(in, recipients);
        default -> {
          // Kept in the index, or of a later version.
        }
      }
    }
    if (progress.done.length() > recipients) {
      throw new BadRecordException("more recipients done than there are");
    }
    return progress;
  }

  private void reason(FieldReader in, int recipients) throws BadRecordException {
    long index = in.number();
    if (index < 0 || index >= recipients) {
      throw new BadRecordException("a delay of recipient " + index + " of " + recipients);
    }
    if (reasons == null) {
      reasons = new String[recipients];
    }
    reasons[(int) index] = in.rawText();
  }
}

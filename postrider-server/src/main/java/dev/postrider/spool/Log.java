package dev.postrider.spool;

import dev.postrider.io.DiskFile;
import dev.postrider.log.MailLog;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts operations into records, and keeps the account of which segments are still needed. What
 * becomes of a record is settled in two steps: when it is placed, here, and when it is forced, in
 * {@link Unforced}; between the two a failure can undo it. For the writer's thread only.
 */
final class Log {
  private static final byte[] NOTHING = new byte[0];

  private final SegmentDirectory segments;
  private final SpoolLimits limits;
  private final InstantSource clock;
  private final IdSource ids;
  private final MailLog mailLog;
  private final Appender.Buffers buffers;
  private final Unforced unforced;
  private @Nullable Appender appender;
  private Ended ended = (_, _) -> {};
  private int previousNumber;
  private int previousEnd;

  /** Ended by a failure and not cut: only the next segment says where it ends. */
  private @Nullable Segment uncut;

  /** Hears of a segment that is no longer written, and where it ends. */
  @FunctionalInterface
  interface Ended {
    void sealed(Segment segment, long end);
  }

  Log(
      SegmentDirectory segments,
      Bodies bodies,
      IdSource ids,
      SpoolLimits limits,
      InstantSource clock,
      MailLog mailLog) {
    this.mailLog = mailLog;
    this.segments = segments;
    this.unforced = new Unforced(segments, bodies);
    this.ids = ids;
    this.limits = limits;
    this.buffers = new Appender.Buffers(limits);
    this.clock = clock;
  }

  /** There are no blocks for a record; nothing of it was written. */
  static final class NoBlocksException extends IOException {
    private static final long serialVersionUID = 1;

    NoBlocksException(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  /** Goes on with the segment that recovery found last. */
  void resume(Segment segment, int end) throws IOException {
    DiskFile file = segments.disk.open(segment.path);
    // What was read may be in memory only, if the process died and the machine did not; a message
    // that was copied here must not be given up elsewhere before it is on disk.
    file.force();
    appender = new Appender(segment, file, end, buffers, limits);
  }

  /** Has somebody told of each segment that ends from now on. */
  void whenEnded(Ended listener) {
    ended = listener;
  }

  boolean hasUnforced() {
    return unforced.size() > 0;
  }

  int unforcedCount() {
    return unforced.size();
  }

  /** Opens a segment if none is open. */
  void ensureOpen() throws IOException {
    if (appender == null) {
      SegmentDirectory.Begun begun =
          segments.begin(ids.greatest(), clock, previousNumber, previousEnd);
      if (uncut != null) {
        segments.pin(uncut, begun.segment());
        uncut = null;
      }
      appender = new Appender(begun.segment(), begun.file(), SegmentHeader.BYTES, buffers, limits);
    }
  }

  private Appender open() {
    if (appender == null) {
      throw new IllegalStateException("no open segment");
    }
    return appender;
  }

  /** How placing went. */
  enum Placement {
    PLACED,
    /** The segment is full: roll over and place it again. */
    NO_ROOM,
    /** There was nothing to write. */
    NEEDLESS,
    /** What stands on disk could not be read, so it cannot be replaced. */
    LOST
  }

  /** Places a message. */
  Placement place(Operation.Commit commit) throws IOException {
    long bytes = commit.header.bytes();
    if (!open().hasRoom(bytes)) {
      return Placement.NO_ROOM;
    }
    reserve(bytes);
    int offset = open().put(commit.header, commit.meta, commit.content);
    Segment home = open().segment;
    Entry entry = new Entry(commit.header.id(), commit.size, home, offset, commit.arrivalMicros);
    entry.begin(commit.beginning);
    commit.entry = entry;
    home.keep(entry.messageBytes());
    unforced.add(commit);
    return Placement.PLACED;
  }

  /** Places a change. */
  Placement place(Operation.Change change) throws IOException {
    Entry entry = change.entry;
    synchronized (entry) {
      if (change.type == RecordType.REMOVE) {
        return placeRemove(change);
      }
      if (entry.removed) {
        return Placement.NEEDLESS;
      }
      Segment here = open().segment;
      boolean startsHere = entry.home == here || entry.state == here;
      return change.type == RecordType.STATE || !startsHere
          ? placeState(change)
          : placeIncrement(change);
    }
  }

  /**
   * A segment tells all that it knows of a message from a MESSAGE or STATE on, so that an older
   * segment's words are needed no longer.
   */
  private Placement placeState(Operation.Change change) throws IOException {
    Entry entry = change.entry;
    Progress progress;
    try {
      // Kept in memory until it is forced: what is only in the buffer cannot be read back.
      progress = entry.progressToChange();
    } catch (IOException e) {
      mailLog.error(
          "spool",
          new QueueId(entry.id).shortForm() + ": a change is not recorded: " + e.getMessage());
      return Placement.LOST;
    }
    byte[] meta = Progress.encode(entry.standing(), progress);
    int offset = append(RecordType.STATE, entry.id, meta);
    if (offset < 0) {
      return Placement.NO_ROOM;
    }
    unforced.addState(change, entry, progress, 0);
    stateIsHere(entry, offset, meta.length);
    return Placement.PLACED;
  }

  private void stateIsHere(Entry entry, int offset, int length) {
    entry.state = open().segment;
    entry.stateOffset = offset;
    entry.stateLength = length;
    entry.state.keep(entry.stateBytes());
  }

  /**
   * Copies a message, and all that is known of it, to the open segment. Both records must be forced
   * before the old segment may go: a reader that meets the message in its new place has not met
   * what older segments say of it.
   */
  Placement place(Operation.Move move) throws IOException {
    Entry entry = move.entry;
    synchronized (entry) {
      Segment here = open().segment;
      if (entry.removed || entry.home == here || entry.copy != null) {
        return Placement.NEEDLESS;
      }
      Segment.Stored message;
      Progress progress;
      try {
        message = entry.home.read(entry.id, entry.offset, entry.metaLength, entry.inlineLength());
        progress = entry.progressToChange();
      } catch (IOException e) {
        mailLog.error(
            "spool", new QueueId(entry.id).shortForm() + ": stays where it is: " + e.getMessage());
        return Placement.LOST;
      }
      byte[] state = Progress.encode(entry.standing(), progress);
      RecordHeader stateHeader = header(RecordType.STATE, entry.id, state);
      long bytes = message.header().bytes() + stateHeader.bytes();
      if (!open().hasRoom(bytes)) {
        return Placement.NO_ROOM;
      }
      reserve(bytes);
      int offset = open().put(message.header(), message.meta(), message.contentBytes());
      int stateOffset = open().put(stateHeader, state, NOTHING);
      unforced.addState(move, entry, progress, offset);
      // Read from its old place until then: what is only in the buffer cannot be read back.
      entry.copy = here;
      here.keep(entry.messageBytes());
      stateIsHere(entry, stateOffset, state.length);
      return Placement.PLACED;
    }
  }

  private Placement placeIncrement(Operation.Change change) throws IOException {
    byte[] meta =
        switch (change.type) {
          case DONE -> Progress.encodeDone(change.index);
          case SCHEDULE -> Progress.encodeSchedule(change.entry.nextAttemptMicros);
          case HOLD, RELEASE -> NOTHING;
          case MESSAGE, STATE, REMOVE -> throw new IllegalStateException("no increment");
        };
    RecordType type = change.type;
    if (type == RecordType.HOLD || type == RecordType.RELEASE) {
      type = change.entry.held ? RecordType.HOLD : RecordType.RELEASE;
    }
    if (append(type, change.entry.id, meta) < 0) {
      return Placement.NO_ROOM;
    }
    unforced.add(change);
    return Placement.PLACED;
  }

  private Placement placeRemove(Operation.Change change) throws IOException {
    releaseHome(change);
    Entry entry = change.entry;
    Segment copy = entry.copy;
    if (!segments.isThere(entry.home) && copy == null) {
      unforced.forget(entry);
      return Placement.NEEDLESS;
    }
    if (append(RecordType.REMOVE, entry.id, NOTHING) < 0) {
      return Placement.NO_ROOM;
    }
    segments.pin(entry.home, open().segment);
    if (copy != null) {
      segments.pin(copy, open().segment);
    }
    unforced.add(change);
    return Placement.PLACED;
  }

  /**
   * The message's place can go at once: without its MESSAGE record it needs no REMOVE. Not while a
   * copy is on its way, which could then be all that a power cut leaves, without its STATE.
   */
  void releaseHome(Operation.Change change) {
    if (change.type == RecordType.REMOVE && change.entry.copy == null) {
      unforced.releaseHome(change.entry);
    }
  }

  /** Returns where the record begins, or -1 if the segment is full. */
  private int append(RecordType type, long id, byte[] meta) throws IOException {
    RecordHeader header = header(type, id, meta);
    long bytes = header.bytes();
    if (!open().hasRoom(bytes)) {
      return -1;
    }
    if (!open().isReserved(bytes)) {
      reserve(bytes);
    }
    return open().put(header, meta, NOTHING);
  }

  private static RecordHeader header(RecordType type, long id, byte[] meta) {
    return new RecordHeader(type, id, meta.length, 0, RecordHeader.crc(meta, meta.length), 0);
  }

  private void reserve(long bytes) throws NoBlocksException {
    try {
      open().reserve(bytes);
    } catch (IOException e) {
      throw new NoBlocksException(e);
    }
  }

  /** Says anew, in one place, what recovery found scattered. */
  void restate(List<Replay.Stray> strays) {
    if (strays.isEmpty()) {
      return;
    }
    try {
      for (Replay.Stray stray : strays) {
        Operation.Change change = new Operation.Change(stray.entry(), RecordType.STATE, 0);
        ensureOpen();
        if (place(change) == Placement.NO_ROOM) {
          roll();
          ensureOpen();
          place(change);
        }
      }
      force();
      for (Replay.Stray stray : strays) {
        segments.release(stray.where(), stray.bytes());
      }
    } catch (IOException e) {
      // The old records stay needed until the next start.
      abandon();
      undo();
      mailLog.warning("spool", "cannot write yet: " + e.getMessage());
    }
  }

  /** Hands what was placed to the operating system. */
  void write() throws IOException {
    if (appender != null) {
      appender.write();
    }
  }

  /** Forces all that was placed, and settles it. */
  void force() throws IOException {
    if (appender != null && !appender.isForced()) {
      appender.write();
      appender.force();
    }
    unforced.settle();
  }

  /** Ends the segment; the next operation begins a new one. */
  void roll() throws IOException {
    force();
    Appender full = open();
    appender = null;
    ended(full);
    full.seal();
  }

  private void ended(Appender old) {
    previousNumber = old.segment.number();
    previousEnd = old.forcedEnd();
    segments.sealed(old.segment);
    ended.sealed(old.segment, previousEnd);
  }

  /**
   * After a failed write or force nobody knows what is on disk, and a later force that succeeds
   * does not mean it got there. So the segment ends where the last good force left it; the rest is
   * cut off, and the next segment's header says so too.
   *
   * @return whether at least one of the two is certain
   */
  boolean abandon() {
    Appender failed = appender;
    if (failed == null) {
      return true;
    }
    appender = null;
    boolean cut = false;
    try {
      failed.cut();
      cut = true;
    } catch (IOException _) {
      // The next segment's header is the second chance.
      uncut = failed.segment;
    }
    failed.abandon();
    ended(failed);
    try {
      ensureOpen();
      cut = true;
    } catch (IOException _) {
      // Tried again with the next message.
    }
    return cut;
  }

  /** Takes back all that was placed and not forced; returns the changes among it, in order. */
  ArrayDeque<Operation.Change> undo() {
    return unforced.undo();
  }

  /** Bytes of records in the open segment; 0 if none is open. */
  long written() {
    return appender == null ? 0 : appender.end() - SegmentHeader.BYTES;
  }

  /** The segment that is being written, if one is open. */
  @Nullable Segment current() {
    return appender == null ? null : appender.segment;
  }

  void deleteDead() throws IOException {
    segments.deleteDead(current());
  }

  /** Gives back the zeroed rest; everything is forced. */
  void close() throws IOException {
    Appender last = appender;
    appender = null;
    if (last != null) {
      last.seal();
    }
    segments.close();
  }
}

package dev.postrider.spool;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has its place in a segment and is not yet forced. When it is, the account of what each
 * segment is needed for is settled; when it cannot be, all is taken back. For the writer's thread
 * only.
 */
final class Unforced {
  private final SegmentDirectory segments;
  private final Bodies bodies;
  private final List<Placed> records = new ArrayList<>();

  Unforced(SegmentDirectory segments, Bodies bodies) {
    this.segments = segments;
    this.bodies = bodies;
  }

  /**
   * A record that was placed and not yet forced.
   *
   * @param previousState where the message's STATE was before, if this is a new one
   * @param progress what the new STATE says, and its version then
   * @param copyOffset where the copy of a message is in its new segment
   */
  private record Placed(
      Operation operation,
      @Nullable Segment previousState,
      int previousOffset,
      int previousLength,
      @Nullable Progress progress,
      int version,
      int copyOffset) {
    Placed(Operation operation) {
      this(operation, null, 0, 0, null, 0, 0);
    }

    /** Before the entry's state is set anew. */
    static Placed state(Operation operation, Entry entry, Progress progress, int copyOffset) {
      return new Placed(
          operation,
          entry.state,
          entry.stateOffset,
          entry.stateLength,
          progress,
          progress.version(),
          copyOffset);
    }
  }

  int size() {
    return records.size();
  }

  /** What sets no state. */
  void add(Operation operation) {
    records.add(new Placed(operation));
  }

  /**
   * What sets a state. Called before the entry's state is set anew.
   *
   * @param copyOffset where the copy of a message is in its new segment, if it is one
   */
  void addState(Operation operation, Entry entry, Progress progress, int copyOffset) {
    records.add(Placed.state(operation, entry, progress, copyOffset));
  }

  /** It is forced now. */
  void settle() {
    List<Placed> settled = new ArrayList<>(records);
    records.clear();
    for (Placed each : settled) {
      switch (each.operation) {
        case Operation.Change change -> settle(each, change);
        case Operation.Move move -> settle(each, move);
        case Operation.Awaited _ -> {}
      }
    }
  }

  private void settle(Placed placed, Operation.Move move) {
    Entry entry = move.entry;
    synchronized (entry) {
      Segment old = entry.home;
      Segment copy = entry.copy;
      if (copy != null) {
        entry.copy = null;
        // As long as the old record is on disk, the new one must be, or its REMOVE would be missed.
        segments.pin(old, copy);
        segments.release(old, entry.messageBytes());
        entry.home = copy;
        entry.offset = placed.copyOffset;
      }
      settleState(placed, entry);
    }
  }

  private void settle(Placed placed, Operation.Change change) {
    Entry entry = change.entry;
    synchronized (entry) {
      if (change.type == RecordType.REMOVE) {
        releaseHome(entry);
        forget(entry);
      } else {
        settleState(placed, entry);
      }
    }
  }

  private void settleState(Placed placed, Entry entry) {
    if (placed.progress == null) {
      return;
    }
    if (placed.previousState != null) {
      segments.release(placed.previousState, Entry.stateBytes(placed.previousLength));
    }
    if (entry.progress == placed.progress && placed.progress.version() == placed.version) {
      entry.progress = null;
    }
  }

  /** Gives up a removed message's place, once. */
  void releaseHome(Entry entry) {
    if (!entry.homeReleased) {
      entry.homeReleased = true;
      segments.release(entry.home, entry.messageBytes());
    }
  }

  /** What is left of a removed message, once it cannot come back. */
  void forget(Entry entry) {
    if (entry.state != null) {
      segments.release(entry.state, entry.stateBytes());
      entry.state = null;
    }
    if (entry.external) {
      bodies.discard(entry.id);
    }
  }

  /** Takes back all that was placed and not forced; returns the changes among it, in order. */
  ArrayDeque<Operation.Change> undo() {
    ArrayDeque<Operation.Change> changes = new ArrayDeque<>();
    for (Placed each : records.reversed()) {
      switch (each.operation) {
        case Operation.Commit commit -> {
          if (commit.entry != null) {
            segments.release(commit.entry.home, commit.entry.messageBytes());
          }
        }
        case Operation.Change change -> {
          undo(each, change.entry);
          changes.addFirst(change);
        }
        case Operation.Move move -> undo(each, move);
        case Operation.Flush _ -> throw new IllegalStateException("a flush has no record");
      }
    }
    records.clear();
    return changes;
  }

  /** It stays where it was; compaction comes again. */
  private void undo(Placed placed, Operation.Move move) {
    Entry entry = move.entry;
    synchronized (entry) {
      if (entry.copy != null) {
        segments.release(entry.copy, entry.messageBytes());
        entry.copy = null;
      }
    }
    undo(placed, entry);
  }

  private void undo(Placed placed, Entry entry) {
    if (placed.progress == null) {
      return;
    }
    synchronized (entry) {
      if (entry.state != null) {
        segments.release(entry.state, entry.stateBytes());
      }
      entry.state = placed.previousState;
      entry.stateOffset = placed.previousOffset;
      entry.stateLength = placed.previousLength;
      if (entry.removed && entry.state != null && !segments.isThere(entry.home)) {
        segments.release(entry.state, entry.stateBytes());
        entry.state = null;
      }
    }
  }
}

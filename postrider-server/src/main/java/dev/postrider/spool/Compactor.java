package dev.postrider.spool;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Empties segments that are mostly dead, so that one message which waits for days does not keep the
 * megabytes that were delivered around it: copies what is alive to the open segment, a little at a
 * time. For the writer's thread only.
 */
final class Compactor {
  /** A segment is worth it when no more than this part of it is alive. */
  private static final int ALIVE_PART = 4;

  private final Log log;
  private final SegmentDirectory segments;
  private final Index index;
  private final SpoolLimits.Compaction limits;
  private final ArrayDeque<Entry> work = new ArrayDeque<>();

  /** Segments that could not be emptied. */
  private final Set<Segment> stuck = new HashSet<>();

  private @Nullable Segment victim;
  private long next = System.nanoTime();

  Compactor(Log log, SegmentDirectory segments, Index index, SpoolLimits.Compaction limits) {
    this.log = log;
    this.segments = segments;
    this.index = index;
    this.limits = limits;
  }

  /** How long nothing is to be done here, in nanoseconds; 0 if it is time, negative for ever. */
  long waits() {
    if (work.isEmpty() && !segments.someDied()) {
      return -1;
    }
    return Math.max(0, next - System.nanoTime());
  }

  /** Whether there is something to copy. Looks for it, when it is time. */
  boolean hasWork() {
    if (work.isEmpty()) {
      look();
      next = System.nanoTime() + (work.isEmpty() ? limits.interval() : limits.pause()).toNanos();
    }
    return !work.isEmpty();
  }

  /**
   * Whether the open segment is mostly dead, so that it is to be ended: the disk does not get back
   * what is dead in it before. Looked at when the others are.
   */
  boolean endsOpenSegment() {
    Segment open = log.current();
    if (open == null || segments.someDied() || !work.isEmpty()) {
      return false;
    }
    long written = log.written();
    return written - open.liveBytes >= limits.leastGain() && open.liveBytes * ALIVE_PART <= written;
  }

  /** Looks again at once: a segment was ended that may be worth the work. */
  void lookAgain() {
    look();
    next = System.nanoTime();
  }

  private void look() {
    segments.lookedAt();
    victim = null;
    Segment current = log.current();
    for (Segment each : segments.all()) {
      if (each != current && each.live > 0 && !stuck.contains(each) && isWorthIt(each)) {
        victim = each;
        break;
      }
    }
    if (victim != null) {
      collect(victim);
      // What is counted there and has no message cannot be copied.
      stuck.add(victim);
      stuck.removeIf(each -> !segments.isThere(each));
    }
  }

  /** A segment's summary knows who may live there; without one, a million have to be asked. */
  private void collect(Segment from) {
    for (Entry entry : candidates(from)) {
      if (entry.home == from || entry.state == from) {
        work.add(entry);
      }
    }
  }

  private Collection<Entry> candidates(Segment from) {
    SegmentSummary summary = SegmentSummary.read(segments.disk, from, Long.MAX_VALUE);
    if (summary == null) {
      return index.all();
    }
    Set<Entry> named = new LinkedHashSet<>();
    try {
      summary.tell(fact -> {
        Entry entry = index.find(fact.id());
        if (entry != null) {
          named.add(entry);
        }
      });
    } catch (BadRecordException e) {
      return index.all();
    }
    return named;
  }

  private boolean isWorthIt(Segment segment) {
    long bytes;
    try {
      bytes = segment.bytes();
    } catch (IOException e) {
      // A disk that cannot tell must not be asked for more.
      return false;
    }
    long living = segment.liveBytes;
    return bytes - living >= limits.leastGain() && living * ALIVE_PART <= bytes;
  }

  /**
   * Copies a few messages; the caller forces.
   *
   * @return whether the open segment is full
   */
  boolean step() throws IOException {
    next = System.nanoTime() + limits.pause().toNanos();
    long bytes = 0;
    while (bytes < limits.stepBytes() && !work.isEmpty()) {
      Entry entry = work.getFirst();
      Log.Placement placement;
      try {
        placement = place(entry);
      } catch (Log.NoBlocksException e) {
        // A full disk: what is dead will go away by itself, and this can wait.
        work.clear();
        next = System.nanoTime() + limits.interval().toNanos();
        return false;
      }
      if (placement == Log.Placement.NO_ROOM) {
        return true;
      }
      work.removeFirst();
      bytes += entry.messageBytes();
    }
    return false;
  }

  private Log.Placement place(Entry entry) throws IOException {
    if (entry.home == victim) {
      return log.place(new Operation.Move(entry));
    }
    if (entry.state == victim) {
      Operation.Change anew = new Operation.Change(entry, RecordType.STATE, 0);
      anew.counted = false;
      return log.place(anew);
    }
    // Removed, or told anew, while it waited here.
    return Log.Placement.NEEDLESS;
  }
}

package dev.postrider.spool;

import dev.postrider.io.Disk;
import dev.postrider.io.DiskFile;
import dev.postrider.io.Pause;
import dev.postrider.log.MailLog;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;

/**
 * Looks after the segments that are no longer written, on a thread of its own: reads each of them
 * once, so that damage shows before somebody wants the message, and writes the summary by which the
 * next start knows it. Damaged bytes go to quarantine and the messages in them out of the queue.
 * Submitting is safe on any thread.
 */
final class SegmentKeeper {
  private final Disk disk;
  private final Index index;
  private final Quarantine quarantine;
  private final SpoolLimits.Keeping limits;
  private final MailLog log;
  private final Lost lost;
  private final DelayQueue<Due> waiting = new DelayQueue<>();
  private final Thread thread;
  private volatile boolean closed;

  /**
   * A segment to read.
   *
   * @param limit where its records end at the latest
   * @param summarized whether it has a summary
   */
  record Job(Segment segment, long limit, boolean summarized) {}

  /** Takes a message out of the queue whose bytes are damaged. */
  @FunctionalInterface
  interface Lost {
    void remove(QueueId id);
  }

  /** What a keeper works with. */
  record Parts(Disk disk, Index index, Quarantine quarantine, MailLog log) {}

  SegmentKeeper(Parts parts, SpoolLimits.Keeping limits, Lost lost) {
    this.disk = parts.disk;
    this.index = parts.index;
    this.quarantine = parts.quarantine;
    this.log = parts.log;
    this.limits = limits;
    this.lost = lost;
    this.thread = Thread.ofPlatform().name("spool-keeper").daemon().unstarted(this::run);
  }

  /** A job and the {@link System#nanoTime} before which it is not to be done. */
  private record Due(Job job, long nanos) implements Delayed {
    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(nanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }

  /** Begins with what the start found; what has no summary comes first. */
  void start(List<Job> found) {
    List<Job> order = new ArrayList<>(found);
    order.sort((one, other) -> Boolean.compare(one.summarized(), other.summarized()));
    Duration wait = limits.settle();
    for (Job job : order) {
      wait = wait.plus(limits.pause());
      add(job, wait);
    }
    thread.start();
  }

  /** Takes a segment that was just ended. It may be dead soon, and then there is nothing to do. */
  void sealed(Segment segment, long end) {
    add(new Job(segment, end, false), limits.settle());
  }

  private void add(Job job, Duration wait) {
    waiting.add(new Due(job, System.nanoTime() + wait.toNanos()));
  }

  /** Ends the thread; a segment in work stays without a summary. */
  void close() {
    closed = true;
    thread.interrupt();
    Pause.untilEnded(thread);
  }

  private void run() {
    while (!closed) {
      try {
        keep(waiting.take().job());
        if (!waiting.isEmpty()) {
          Thread.sleep(limits.pause());
        }
      } catch (InterruptedException _) {
        // Closed.
      } catch (RuntimeException | Error e) {
        log.bug("spool", "looking after a segment", e);
      }
    }
  }

  private void keep(Job job) {
    Segment segment = job.segment;
    if (segment.isDeleted()) {
      return;
    }
    try (DiskFile file = disk.openToRead(segment.path)) {
      Findings findings = new Findings();
      SegmentScan scan = new SegmentScan(file, segment.header.stamp(), job.limit, true);
      long end = scan.run(findings);
      if (closed) {
        return;
      }
      long written = SegmentScan.writtenEnd(file, end, job.limit);
      if (written > end) {
        findings.damaged(end, written);
      }
      if (!findings.damage.isEmpty()) {
        quarantine(segment, file, findings.damage);
      } else if (!job.summarized && !segment.isDeleted()) {
        SegmentSummary.of(Math.toIntExact(end), findings.facts).write(disk, segment);
      }
    } catch (NoSuchFileException _) {
      // Deleted meanwhile.
    } catch (IOException e) {
      if (closed) {
        return;
      }
      log.warning(
          "spool",
          segment.path + ": not looked through, the next start reads it: " + e.getMessage());
    }
    if (segment.isDeleted()) {
      forget(segment);
    }
  }

  private void forget(Segment segment) {
    try {
      disk.delete(SegmentSummary.file(segment));
    } catch (IOException _) {
      // The next start does it.
    }
  }

  /** A stretch of bytes. */
  private record Range(long from, long to) {}

  private final class Findings implements SegmentScan.Visitor {
    private final List<Fact> facts = new ArrayList<>();
    private final List<Range> damage = new ArrayList<>();

    @Override
    public void record(RecordHeader header, int offset, byte[] meta) throws IOException {
      if (closed) {
        throw new IOException("the spool is closed");
      }
      try {
        facts.add(Fact.of(header, offset, meta));
      } catch (BadRecordException e) {
        damaged(offset, offset + header.bytes());
      }
    }

    @Override
    public void damaged(long from, long to) {
      damage.add(new Range(from, to));
    }
  }

  /**
   * What else was said in those bytes, a start makes good: it reads the segment without summary.
   */
  private void quarantine(Segment segment, DiskFile file, List<Range> damage) {
    forget(segment);
    for (Range range : damage) {
      if (!quarantine.take(segment.path, file, range.from, range.to, log)) {
        continue;
      }
      for (Entry entry : index.all()) {
        if (isIn(entry, segment, range)) {
          QueueId id = new QueueId(entry.id);
          log.error(
              "spool",
              id.shortForm()
                  + ": damaged on disk, taken out of the queue; its bytes are in quarantine");
          lost.remove(id);
        }
      }
    }
  }

  private static boolean isIn(Entry entry, Segment segment, Range range) {
    synchronized (entry) {
      return entry.home == segment && entry.offset >= range.from && entry.offset < range.to;
    }
  }
}

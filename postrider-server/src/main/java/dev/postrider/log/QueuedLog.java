package dev.postrider.log;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A log with a writer thread of its own: whoever logs formats the line and puts it in a queue; the
 * writer takes all that is there and writes it at once. When the queue is full, the caller waits up
 * to a second; then lines are lost, and how many is the first thing said when writing works again.
 * Safe on any thread.
 */
final class QueuedLog implements OwnedLog {
  private static final int MOST_QUEUED = 16_384;
  private static final int MOST_AT_ONCE = 1_024;
  private static final long PATIENCE_MILLIS = 1_000;
  private static final long CLOSE_MILLIS = 5_000;

  /**
   * Between two writes. The first line after a pause is written at once; under load, lines gather
   * here instead of waking the writer one by one, which costs whoever logs more than the line.
   */
  private static final long GATHER_NANOS = 3_000_000;

  private static final byte[] END = {};

  private final LogSink sink;
  private final LogStamp stamp;
  private final String name;
  private final String pid;
  private final PrintStream fallback;
  private final BlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(MOST_QUEUED);
  private final AtomicLong lost = new AtomicLong();
  private final AtomicBoolean reopening = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread writer;
  private boolean complained;

  /** Starts the writer. */
  QueuedLog(LogSink sink, LogStamp stamp, String name, long pid, PrintStream fallback) {
    this.sink = sink;
    this.stamp = stamp;
    this.name = name;
    this.pid = "[" + pid + "]: ";
    this.fallback = fallback;
    // A platform thread: the last lines must get out even when all carriers are busy.
    this.writer = Thread.ofPlatform().daemon().name("maillog").unstarted(this::run);
    writer.start();
  }

  @Override
  public void log(Severity severity, String process, String text) {
    byte[] line = line(severity, process, text);
    if (closed.get()) {
      toFallback(List.of(line));
      return;
    }
    if (queue.offer(line)) {
      return;
    }
    boolean interrupted = false;
    boolean queued = false;
    try {
      queued = queue.offer(line, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (!queued) {
      lost.incrementAndGet();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private byte[] line(Severity severity, String process, String text) {
    StringBuilder line = new StringBuilder(64 + Math.min(text.length(), LogLine.MOST_TEXT));
    sink.head(line, severity, stamp.now());
    line.append(name);
    if (!process.isEmpty()) {
      line.append('/').append(process);
    }
    line.append(pid);
    LogLine.append(line, severity, text);
    return LogLine.bytes(line);
  }

  @Override
  public void reopen() {
    reopening.set(true);
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      boolean ended = queue.offer(END, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
      if (ended) {
        writer.join(CLOSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    List<byte[]> lines = new ArrayList<>(MOST_AT_ONCE);
    boolean more = true;
    try {
      while (more) {
        lines.add(queue.take());
        queue.drainTo(lines, MOST_AT_ONCE - 1);
        int end = lines.indexOf(END);
        if (end >= 0) {
          more = false;
          lines.remove(end);
        }
        writeAll(lines);
        lines.clear();
        if (more) {
          LockSupport.parkNanos(this, GATHER_NANOS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      sink.close();
    }
  }

  private void writeAll(List<byte[]> lines) {
    if (reopening.getAndSet(false)) {
      sink.reopen();
    }
    long missing = lost.getAndSet(0);
    if (missing > 0) {
      String text =
          missing + " lines of this log were lost: they came faster than they were written";
      lines.addFirst(line(Severity.WARNING, "postlogd", text));
    }
    if (lines.isEmpty()) {
      return;
    }
    try {
      sink.write(lines);
      complained = false;
    } catch (IOException e) {
      if (!complained) {
        complained = true;
        fallback.println(name + ": warning: mail log: " + e.getMessage());
      }
      toFallback(lines);
    }
  }

  private void toFallback(List<byte[]> lines) {
    for (byte[] line : lines) {
      // A person reads this: without the priority that syslog wants in front.
      int start = line.length > 0 && line[0] == '<' ? indexOf(line, '>') + 1 : 0;
      fallback.write(line, start, line.length - start);
      fallback.write('\n');
    }
    fallback.flush();
  }

  private static int indexOf(byte[] line, char wanted) {
    for (int i = 0; i < line.length; i++) {
      if (line[i] == wanted) {
        return i;
      }
    }
    return -1;
  }
}

package dev.postrider.log;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * A log with a writer thread of its own: whoever logs formats the line and puts it in a queue; the
 * writer takes all that is there and writes it at once. How many lines were lost in the queue is
 * the first thing said when writing works again. Safe on any thread.
 */
final class QueuedLog implements OwnedLog {
  /**
   * Between two writes. The first line after a pause is written at once; under load, lines gather
   * here instead of waking the writer one by one, which costs whoever logs more than the line.
   */
  private static final long GATHER_NANOS = 3_000_000;

  private static final long AFTER_FAILURE_NANOS = 1_000_000_000;

  private static final byte[] END = {};

  private final LogSink sink;
  private final LogStamp stamp;
  private final String name;
  private final String pid;
  private final PrintStream fallback;
  private final PatientQueue<byte[]> queue = new PatientQueue<>();
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
    queue.put(line);
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
    queue.end(END, writer);
  }

  private void run() {
    List<byte[]> lines = new ArrayList<>();
    boolean more = true;
    try {
      while (more) {
        queue.take(lines);
        int end = lines.indexOf(END);
        if (end >= 0) {
          more = false;
          lines.remove(end);
        }
        long pause = tryToWrite(lines);
        lines.clear();
        if (more && (pause > GATHER_NANOS || !queue.isCrowded())) {
          LockSupport.parkNanos(this, pause);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      sink.close();
    }
  }

  /**
   * Writes, whatever goes wrong; returns how long to rest before the next lines, in nanoseconds.
   */
  private long tryToWrite(List<byte[]> lines) {
    int count = lines.size();
    try {
      writeAll(lines);
      return GATHER_NANOS;
    } catch (RuntimeException | Error e) {
      // Without memory, or by a bug: whoever logs must not wait for a thread that is no more.
      queue.lost().addAndGet(count);
      return AFTER_FAILURE_NANOS;
    }
  }

  private void writeAll(List<byte[]> lines) {
    if (reopening.getAndSet(false)) {
      sink.reopen();
    }
    long missing = queue.lost().getAndSet(0);
    if (missing > 0) {
      String text =
          missing
              + " lines of this log were lost: they came faster than they were written, or there was"
              + " no memory";
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

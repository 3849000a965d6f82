package dev.postrider.log;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

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
  private static final byte[] REOPEN = {};
  private static final long REOPEN_MILLIS = 5_000;

  private final LogSink sink;
  private final LineFormat format;
  private final PrintStream fallback;
  private final PatientQueue<byte[]> queue = new PatientQueue<>();
  private final Queue<CountDownLatch> reopenings = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread writer;
  private boolean complained;

  /** Starts the writer. */
  QueuedLog(LogSink sink, LineFormat format, PrintStream fallback) {
    this.sink = sink;
    this.format = format;
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
    format.append(line, severity, process, text);
    return LogLine.bytes(line);
  }

  @Override
  public void reopen() {
    if (closed.get()) {
      return;
    }
    CountDownLatch done = new CountDownLatch(1);
    reopenings.add(done);
    // Wakes a writer that has nothing to write.
    queue.put(REOPEN);
    try {
      boolean _ = done.await(REOPEN_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
        // By identity, which is what equals means to arrays.
        boolean _ = lines.removeAll(List.of(REOPEN));
        if (lines.removeAll(List.of(END))) {
          more = false;
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
    reopenIfAsked(lines);
    long missing = queue.lost().get();
    byte @Nullable [] notice = missing > 0 ? notice(missing) : null;
    if (notice != null) {
      lines.addFirst(notice);
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
        fallback.println("postlogd: warning: mail log: " + e.getMessage());
      }
      toFallback(lines);
      if (fallback.checkError()) {
        // A daemon in the background has no standard error any more.
        boolean unsaid = notice != null && lines.remove(notice);
        queue.lost().addAndGet(lines.size() - (unsaid ? 0 : missing));
        return;
      }
    }
    queue.lost().addAndGet(-missing);
  }

  private byte[] notice(long missing) {
    return line(
        Severity.WARNING,
        "postlogd",
        missing
            + " lines of this log were lost: they came faster than they could be written, nothing"
            + " took them, or there was no memory");
  }

  private void reopenIfAsked(List<byte[]> lines) {
    for (CountDownLatch asked = reopenings.poll(); asked != null; asked = reopenings.poll()) {
      try {
        sink.reopen();
      } catch (IOException e) {
        lines.addFirst(line(Severity.WARNING, "postlogd", String.valueOf(e.getMessage())));
      }
      asked.countDown();
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

package dev.postrider.spool;

import dev.postrider.io.Pause;
import dev.postrider.log.MailLog;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes: takes whatever is waiting, writes it, forces it once, wakes whoever
 * waited. What arrives during a force goes out together with the next one, so that no delay has to
 * be chosen. Submitting is safe on any thread.
 */
final class LogWriter {
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
  private static final int MOST_UNFORCED = 20_000;

  private final Log log;
  private final SpoolLimits limits;
  private final MailLog mailLog;
  private final Compactor compactor;
  private final Inbox inbox = new Inbox();
  private final Semaphore changes;
  private final Thread thread;
  private final CompletableFuture<IOException> broken = new CompletableFuture<>();
  private volatile boolean stopping;

  /** Why the next flush cannot say that all is recorded. */
  private volatile @Nullable IOException lost;

  // The rest belongs to the thread.
  private final ArrayDeque<Operation> backlog = new ArrayDeque<>();
  private final List<Operation.Awaited> placed = new ArrayList<>();
  private int awaited;
  private boolean collected;
  private boolean forceFailed;
  private long pauseUntil = System.nanoTime();
  private long unforcedSince;
  private @Nullable IOException lastFailure;

  LogWriter(Log log, Compactor compactor, SpoolLimits limits, MailLog mailLog) {
    this.log = log;
    this.compactor = compactor;
    this.limits = limits;
    this.mailLog = mailLog;
    this.changes = new Semaphore(limits.queuedChanges());
    this.thread = Thread.ofPlatform().name("spool-writer").daemon().unstarted(this::run);
  }

  void start() {
    inbox.servedBy(thread);
    thread.start();
  }

  /** Completes if the thread ended by a bug of ours. */
  CompletionStage<IOException> broken() {
    return broken.minimalCompletionStage();
  }

  /** Returns when it is durable. */
  void await(Operation.Awaited operation) throws IOException {
    if (!inbox.put(operation)) {
      throw new IOException("the spool is closed");
    }
    operation.await();
  }

  /** Waits for a place for one change. Before {@link #submit}, and without any lock. */
  void admit() {
    changes.acquireUninterruptibly();
  }

  /** Takes back {@link #admit}. */
  void dismiss() {
    changes.release();
  }

  /** Records a change soon. Called under its entry's lock, so that order is kept. */
  void submit(Operation.Change change) {
    if (!inbox.put(change)) {
      changes.release();
      mailLog.warning(
          "spool",
          new QueueId(change.entry.id).shortForm()
              + ": a change came after the spool was closed and is forgotten");
    }
  }

  /** A change could not be recorded; the next flush says so. */
  void lost() {
    lost = new IOException("a change is not recorded, see the log");
  }

  /** Ends the thread after everything submitted is forced. */
  void close() throws IOException {
    stopping = true;
    inbox.end();
    Pause.untilEnded(thread);
    if (lastFailure != null) {
      throw new IOException("the spool's last changes are not on disk", lastFailure);
    }
  }

  private void run() {
    try {
      while (!stopping) {
        turn();
      }
      finish();
    } catch (RuntimeException | Error e) {
      IOException failure = new IOException("the spool's writer failed: " + e, e);
      lastFailure = failure;
      stopping = true;
      awaited += inbox.close(backlog);
      refuseAwaited(failure);
      changes.release(limits.queuedChanges());
      // Told before it is logged: whoever listens must hear of it even if the log fails too.
      broken.complete(failure);
      mailLog.bug("spool", "the writer ends; nothing is recorded until a restart", e);
    }
  }

  private void turn() {
    if (compactor.waits() == 0 && pauseUntil - System.nanoTime() <= 0) {
      compact();
    }
    awaited += inbox.take(backlog);
    if (awaited > 0) {
      batch();
      return;
    }
    long pause = pauseUntil - System.nanoTime();
    if (backlog.isEmpty()) {
      rest();
    } else if (pause > 0) {
      inbox.collect(pause);
    } else if (!collected) {
      collected = true;
      inbox.collect(limits.linger().toNanos());
    } else {
      batch();
    }
  }

  /** Nothing to do: sleeps, or forces what has waited long enough for a message to come along. */
  private void rest() {
    long compaction = compactor.waits();
    if (!log.hasUnforced()) {
      if (compaction != 0) {
        inbox.sleep(Math.max(compaction, 0));
      }
      return;
    }
    long left = unforcedSince + limits.unforced().toNanos() - System.nanoTime();
    if (left <= 0) {
      guarded(log::force);
      deleteDead();
    } else if (compaction != 0) {
      inbox.sleep(compaction < 0 ? left : Math.min(left, compaction));
    }
  }

  private void compact() {
    boolean work = compactor.hasWork();
    if (compactor.endsOpenSegment()) {
      guarded(log::roll);
      deleteDead();
      compactor.lookAgain();
      return;
    }
    if (!work) {
      // A step that does nothing must not tell that the disk takes mail again.
      return;
    }
    boolean hadUnforced = log.hasUnforced();
    guarded(() -> {
      log.ensureOpen();
      if (compactor.step()) {
        log.roll();
      } else {
        log.write();
      }
    });
    unforcedFromNow(hadUnforced);
    deleteDead();
  }

  private void unforcedFromNow(boolean hadUnforced) {
    if (!hadUnforced && log.hasUnforced()) {
      unforcedSince = System.nanoTime();
    }
  }

  private void finish() {
    lastFailure = null;
    awaited += inbox.close(backlog);
    while (!backlog.isEmpty()) {
      lastFailure = null;
      batch();
      if (lastFailure != null) {
        mailLog.error("spool", backlog.size() + " changes could not be written and are forgotten");
        refuseAwaited(lastFailure);
        return;
      }
    }
    guarded(log::force);
    deleteDead();
    guarded(log::close);
  }

  /** Writes what fits one batch, and forces it if somebody waits. */
  private void batch() {
    collected = false;
    boolean force = awaited > 0;
    boolean hadUnforced = log.hasUnforced();
    guarded(() -> {
      log.ensureOpen();
      boolean full = placeAll();
      if (full) {
        log.roll();
      } else if (force || log.unforcedCount() > MOST_UNFORCED) {
        log.force();
      } else {
        log.write();
      }
    });
    unforcedFromNow(hadUnforced);
    finishPlaced(null);
    deleteDead();
  }

  /** Returns whether the segment is full. */
  private boolean placeAll() throws IOException {
    long bytes = 0;
    while (!backlog.isEmpty() && bytes < limits.batchBytes()) {
      Operation operation = backlog.getFirst();
      Log.Placement placement;
      try {
        placement =
            switch (operation) {
              case Operation.Commit commit -> log.place(commit);
              case Operation.Change change -> log.place(change);
              case Operation.Move move -> log.place(move);
              case Operation.Flush _ -> Log.Placement.NEEDLESS;
            };
      } catch (Log.NoBlocksException e) {
        if (!skip(operation, e)) {
          return false;
        }
        continue;
      }
      if (placement == Log.Placement.NO_ROOM) {
        return true;
      }
      if (placement == Log.Placement.LOST) {
        lost();
      }
      backlog.removeFirst();
      if (operation instanceof Operation.Commit commit) {
        bytes += commit.header.bytes();
      }
      taken(operation);
    }
    return false;
  }

  private void taken(Operation operation) {
    switch (operation) {
      case Operation.Awaited waiting -> {
        awaited--;
        placed.add(waiting);
      }
      case Operation.Change change -> uncount(change);
      case Operation.Move _ -> {}
    }
  }

  private void uncount(Operation.Change change) {
    if (change.counted) {
      change.counted = false;
      changes.release();
    }
  }

  /** The disk is full: a message is refused, a change waits. Returns whether to go on. */
  private boolean skip(Operation operation, Log.NoBlocksException failure) {
    giveUpRemoved();
    if (operation instanceof Operation.Awaited waiting) {
      backlog.removeFirst();
      awaited--;
      waiting.finish(failure);
      return true;
    }
    // What is placed already gets its force: only what stands behind the change is refused.
    refuseBacklog(failure);
    pause(failure);
    return false;
  }

  /** A segment whose messages are all removed can be deleted without any record of that. */
  private void giveUpRemoved() {
    for (Operation operation : backlog) {
      if (operation instanceof Operation.Change change) {
        log.releaseHome(change);
      }
    }
  }

  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }

  /** Runs a step; if it fails, nothing that was not forced counts as written. */
  private void guarded(Step step) {
    try {
      step.run();
      if (forceFailed) {
        forceFailed = false;
        mailLog.info("spool", "the disk takes mail again");
      }
    } catch (IOException e) {
      failed(e);
    }
  }

  private void failed(IOException failure) {
    boolean certain = log.abandon();
    for (Operation.Change change : log.undo().reversed()) {
      backlog.addFirst(change);
    }
    if (!forceFailed) {
      mailLog.error("spool", "cannot write, new mail is refused for now: " + failure.getMessage());
    }
    if (!certain) {
      mailLog.warning(
          "spool",
          "a message that was just refused could not be cut off: after a crash it may be sent");
    }
    forceFailed = true;
    giveUpRemoved();
    finishPlaced(failure);
    refuseAwaited(failure);
    pause(failure);
  }

  private void pause(IOException failure) {
    lastFailure = failure;
    pauseUntil = System.nanoTime() + PAUSE_AFTER_FAILURE.toNanos();
  }

  private void finishPlaced(@Nullable IOException failure) {
    for (Operation.Awaited waiting : placed) {
      IOException missing = lost;
      if (failure == null && missing != null && waiting instanceof Operation.Flush) {
        lost = null;
        waiting.finish(missing);
      } else {
        waiting.finish(failure);
      }
    }
    placed.clear();
  }

  private void refuseAwaited(IOException failure) {
    finishPlaced(failure);
    refuseBacklog(failure);
  }

  private void refuseBacklog(IOException failure) {
    for (Iterator<Operation> each = backlog.iterator(); each.hasNext(); ) {
      if (each.next() instanceof Operation.Awaited waiting) {
        each.remove();
        waiting.finish(failure);
      }
    }
    awaited = 0;
  }

  private void deleteDead() {
    try {
      log.deleteDead();
    } catch (IOException e) {
      mailLog.warning("spool", "cannot delete an empty segment: " + e.getMessage());
    }
  }
}

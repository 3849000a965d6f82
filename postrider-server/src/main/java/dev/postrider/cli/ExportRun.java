package dev.postrider.cli;

import dev.postrider.archive.ExportDirectory;
import dev.postrider.archive.ExportedMessage;
import dev.postrider.archive.UnreadableException;
import dev.postrider.spool.QueueId;
import dev.postrider.spool.SpoolView;
import dev.postrider.spool.StoredMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One export. Each file is forced to the disk, so several threads write: a disk that forces for
 * many at once is the faster for it. All that is counted is guarded by this object.
 */
final class ExportRun {
  private static final int WRITERS = 8;

  private final Invocation call;
  private final boolean longIds;
  private final ExportDirectory directory;
  private final Progress progress;
  private final Set<QueueId> suspects = new TreeSet<>();
  private @Nullable Throwable failure;
  private long exported;
  private long left;
  private long gone;

  ExportRun(Invocation call, boolean longIds, ExportDirectory directory) {
    this.call = call;
    this.longIds = longIds;
    this.directory = directory;
    this.progress = new Progress(call);
  }

  /**
   * Exports messages.
   *
   * @param all whether nobody named them, so that one which is gone is not missed
   * @throws IOException if the directory takes no more
   */
  void first(Stream<QueueId> ids, SpoolView spool, boolean all) throws IOException {
    Semaphore free = new Semaphore(WRITERS);
    try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
      ids.takeWhile(_ -> goesOn())
          .forEach(id -> {
            free.acquireUninterruptibly();
            writers.execute(() -> {
              try {
                if (!export(id, spool)) {
                  missing(id, all);
                }
              } catch (UnreadableException | UncheckedIOException _) {
                suspect(id);
              } catch (IOException | RuntimeException | Error e) {
                fail(e);
              } finally {
                free.release();
              }
            });
          });
    }
    rethrow();
  }

  /** Those that could not be read, in a new look at the spool. */
  void second(SpoolView spool) throws IOException {
    for (QueueId id : suspects()) {
      try {
        if (!export(id, spool)) {
          missing(id, true);
        }
      } catch (UnreadableException | UncheckedIOException e) {
        leave(
            id.print(longIds)
                + ": cannot be read: "
                + e.getMessage()
                + " (see \"postrider spool salvage\")");
      }
    }
  }

  /** Those that could not be read at first. */
  synchronized Set<QueueId> suspects() {
    return new TreeSet<>(suspects);
  }

  /** Returns whether it is in the queue. */
  private boolean export(QueueId id, SpoolView spool) throws IOException {
    Optional<StoredMessage> message = spool.find(id);
    if (message.isEmpty()) {
      return false;
    }
    String name = id.print(longIds);
    try {
      directory.write(name, ExportedMessage.of(name, message.get()), message.get().content());
      count();
    } catch (FileAlreadyExistsException e) {
      leave(
          e.getMessage()
              + " is there already and is never overwritten (export into an empty directory)");
    }
    return true;
  }

  private synchronized boolean goesOn() {
    return failure == null;
  }

  private synchronized void fail(Throwable e) {
    failure = failure == null ? e : failure;
  }

  private synchronized void rethrow() throws IOException {
    switch (failure) {
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> {}
    }
  }

  private synchronized void suspect(QueueId id) {
    suspects.add(id);
  }

  private synchronized void count() {
    exported++;
    progress.at(exported, "messages exported");
  }

  private synchronized void missing(QueueId id, boolean expected) {
    if (expected) {
      gone++;
    } else {
      leave(id.print(longIds) + ": is not in the queue (delivered meanwhile, or mistyped)");
    }
  }

  private synchronized void leave(String why) {
    left++;
    call.warning(why);
  }

  /** Says how it went; returns the exit code. */
  synchronized int end(Path to) {
    call.out()
        .println(
            "%s: %d message%s exported%s%s"
                .formatted(
                    to,
                    exported,
                    exported == 1 ? "" : "s",
                    gone == 0 ? "" : "; left the queue meanwhile: " + gone,
                    left == 0 ? "" : "; not exported: " + left + ", see above"));
    return left == 0 ? 0 : SpoolVerb.NOT_ALL;
  }
}

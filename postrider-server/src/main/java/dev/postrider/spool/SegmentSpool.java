package dev.postrider.spool;

import dev.postrider.io.Disk;
import dev.postrider.io.RealDisk;
import dev.postrider.log.MailLog;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The spool of one machine: append-only segments under {@code spool/} of the queue directory, one
 * writing thread, one force for all who wait. docs/spool.md has the format, the package's
 * description the states. Safe on any thread.
 */
public final class SegmentSpool implements Spool {
  private final Path directory;
  private final Disk disk;
  private final InstantSource clock;
  private final MailLog log;
  private final Closeable lock;
  private final Index index;
  private final IdSource ids;
  private final StoredMessages messages;
  private final LogWriter writer;
  private final SegmentKeeper keeper;

  /** Until somebody listens they are kept here; guarded by itself. */
  private final List<QueueId> lost = new ArrayList<>();

  private @Nullable Consumer<QueueId> damaged;
  private final SegmentDraft.Parts draftParts;
  private final long damagedPlaces;

  private SegmentSpool(Path directory, Settings settings, Closeable lock) throws IOException {
    this.directory = directory;
    this.disk = settings.disk();
    this.clock = settings.clock();
    this.log = settings.log();
    this.lock = lock;
    this.index = new Index();
    this.ids = new IdSource(clock);
    SegmentDirectory segments = new SegmentDirectory(disk, directory, log);
    Bodies bodies = new Bodies(disk, directory.resolve("bodies"), log);
    Quarantine quarantine = new Quarantine(disk, directory.resolve("quarantine"));
    Recovery recovery = new Recovery(segments, index, ids, log, quarantine);
    recovery.run();
    recovery.sortBodies(bodies);
    this.damagedPlaces = recovery.damagedPlaces();
    Log records = new Log(segments, bodies, ids, settings.limits(), clock, log);
    Segment newest = recovery.newest();
    if (newest != null) {
      records.resume(newest, recovery.newestEnd());
    }
    records.restate(recovery.strays());
    records.deleteDead();
    this.messages = new StoredMessages(index, bodies, log);
    Compactor compactor = new Compactor(records, segments, index, settings.limits().compaction());
    this.writer = new LogWriter(records, compactor, settings.limits(), log);
    this.draftParts =
        new SegmentDraft.Parts(bodies, writer, index, settings.limits().inlineBytes());
    this.keeper =
        new SegmentKeeper(
            new SegmentKeeper.Parts(disk, index, quarantine, log),
            settings.limits().keeping(),
            this::lose);
    records.whenEnded(keeper::sealed);
    writer.start();
    keeper.start(recovery.keeping());
  }

  /** What a spool works with. */
  public record Settings(Disk disk, MailLog log, InstantSource clock, SpoolLimits limits) {}

  /**
   * Opens the spool of a queue directory, creating it if it is not there, and recovers what is in
   * it.
   *
   * @throws dev.postrider.io.DirectoryLock.HeldException if another process has it
   */
  public static SegmentSpool open(Path queueDirectory, MailLog log, InstantSource clock)
      throws IOException {
    return open(queueDirectory, new Settings(new RealDisk(), log, clock, SpoolLimits.DEFAULT));
  }

  /** As {@link #open(Path, MailLog, InstantSource)}, with another disk or other limits. */
  public static SegmentSpool open(Path queueDirectory, Settings settings) throws IOException {
    Path directory = directory(queueDirectory);
    settings.disk().createDirectories(directory.resolve("bodies"));
    settings.disk().forceDirectory(queueDirectory);
    settings.disk().forceDirectory(directory);
    Closeable lock = settings.disk().lock(directory);
    try {
      return new SegmentSpool(directory, settings, lock);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /**
   * Looks at a spool without changing or locking anything; a daemon may be using it, and then this
   * is how it was a moment ago.
   */
  public static SpoolView readOnly(Path queueDirectory, MailLog log) throws IOException {
    return readOnly(queueDirectory, new Index(), log);
  }

  /** The same for a few messages, in a queue of any size: there are no others in what is shown. */
  public static SpoolView readOnly(Path queueDirectory, Collection<QueueId> wanted, MailLog log)
      throws IOException {
    Set<Long> ids = wanted.stream().map(QueueId::micros).collect(Collectors.toUnmodifiableSet());
    return readOnly(queueDirectory, new Index(ids::contains), log);
  }

  private static SpoolView readOnly(Path queueDirectory, Index index, MailLog log)
      throws IOException {
    return SegmentSpoolView.open(new RealDisk(), directory(queueDirectory), index, log);
  }

  /** How many files of damaged bytes and unclaimed bodies are set aside; 0 if none can be seen. */
  public static long quarantined(Path queueDirectory) {
    try {
      return new RealDisk()
          .list(directory(queueDirectory).resolve("quarantine")).stream()
              .filter(Quarantine::isDamage)
              .count();
    } catch (IOException | UncheckedIOException _) {
      // That a listing cannot count them is no reason to refuse it.
      return 0;
    }
  }

  private static Path directory(Path queueDirectory) {
    return queueDirectory.resolve("spool");
  }

  /** How many places could not be read when it was opened; copies of them are in quarantine. */
  public long damagedPlaces() {
    return damagedPlaces;
  }

  @Override
  public Draft draft() {
    Instant now = clock.instant();
    return new SegmentDraft(ids.next(), now, draftParts);
  }

  @Override
  public Optional<StoredMessage> find(QueueId id) {
    return messages.find(id);
  }

  @Override
  public Stream<StoredMessage> messages() {
    return messages.all();
  }

  @Override
  public Stream<Standing> standings() {
    return messages.standings();
  }

  /** A change of a living message; says which record tells it, under the entry's lock. */
  private interface Edit {
    RecordType apply(Entry entry) throws IOException;
  }

  @Override
  public void done(QueueId id, int recipient) {
    boolean _ =
        change(
            id,
            recipient,
            entry -> {
              if (recipient < 0 || recipient >= entry.recipients) {
                throw new IndexOutOfBoundsException(recipient + " of " + entry.recipients);
              }
              entry.pending -= entry.progressToChange().done(recipient) ? 1 : 0;
              return RecordType.DONE;
            });
  }

  @Override
  public void defer(QueueId id, List<StoredMessage.Pending> reasons, Instant nextAttempt) {
    boolean _ =
        change(
            id,
            0,
            entry -> {
              entry.progressToChange().reasons(reasons, entry.recipients);
              entry.attempts++;
              entry.nextAttemptMicros = Micros.of(nextAttempt);
              return RecordType.STATE;
            });
  }

  @Override
  public void schedule(QueueId id, Instant nextAttempt) {
    boolean _ =
        change(
            id,
            0,
            entry -> {
              entry.nextAttemptMicros = Micros.of(nextAttempt);
              return RecordType.SCHEDULE;
            });
  }

  @Override
  public void hold(QueueId id, boolean held) {
    boolean _ =
        change(
            id,
            0,
            entry -> {
              entry.held = held;
              return held ? RecordType.HOLD : RecordType.RELEASE;
            });
  }

  @Override
  public void expire(QueueId id) {
    boolean _ =
        change(
            id,
            0,
            entry -> {
              entry.expired = true;
              return RecordType.STATE;
            });
  }

  @Override
  public void mark(QueueId id, Mark mark) {
    boolean _ =
        change(
            id,
            0,
            entry -> {
              entry.marks |= mark.bit();
              return RecordType.STATE;
            });
  }

  @Override
  public boolean remove(QueueId id) {
    return change(
        id,
        0,
        entry -> {
          entry.removed = true;
          index.remove(entry);
          return RecordType.REMOVE;
        });
  }

  /** Has somebody told of each message that leaves the queue because its bytes are damaged. */
  public void whenDamaged(Consumer<QueueId> listener) {
    synchronized (lost) {
      lost.forEach(listener);
      lost.clear();
      damaged = listener;
    }
  }

  private void lose(QueueId id) {
    if (!remove(id)) {
      return;
    }
    synchronized (lost) {
      if (damaged == null) {
        lost.add(id);
      } else {
        damaged.accept(id);
      }
    }
  }

  /** Returns whether the message was there to be changed, and its change will be recorded. */
  private boolean change(QueueId id, int recipient, Edit edit) {
    Entry entry = index.find(id.micros());
    if (entry == null) {
      return false;
    }
    writer.admit();
    boolean submitted = false;
    try {
      submitted = submit(entry, recipient, edit);
    } catch (IOException e) {
      // How it stands cannot be read, so it stays: the scheduler comes back to it.
      writer.lost();
      log.error("spool", id.shortForm() + ": cannot record what became of it: " + e.getMessage());
    } finally {
      if (!submitted) {
        writer.dismiss();
      }
    }
    return submitted;
  }

  private boolean submit(Entry entry, int recipient, Edit edit) throws IOException {
    synchronized (entry) {
      if (entry.removed) {
        return false;
      }
      RecordType type = edit.apply(entry);
      writer.submit(new Operation.Change(entry, type, recipient));
      return true;
    }
  }

  /**
   * Completes, on the writing thread, if that ends by a bug of ours: then nothing is recorded any
   * more, and whoever delivers must end. Never completes otherwise.
   */
  public CompletionStage<IOException> broken() {
    return writer.broken();
  }

  @Override
  public void flush() throws IOException {
    writer.await(new Operation.Flush());
  }

  @Override
  public long usableBytes() throws IOException {
    return disk.usableBytes(directory);
  }

  @Override
  public void close() throws IOException {
    keeper.close();
    try {
      writer.close();
    } finally {
      lock.close();
    }
  }
}

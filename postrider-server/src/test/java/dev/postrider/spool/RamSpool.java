package dev.postrider.spool;

import dev.postrider.delivery.MessageContent;
import dev.postrider.mail.envelope.Envelope;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A spool that a crash empties: for tests of what uses a spool. Passes {@link SpoolContract}. */
public final class RamSpool implements Spool {
  private final InstantSource clock;
  private final IdSource ids;
  private final ConcurrentSkipListMap<QueueId, StoredMessage> stored =
      new ConcurrentSkipListMap<>();
  private volatile boolean failing;
  private int failingStandings;
  private volatile boolean full;
  private volatile boolean closed;

  public RamSpool(InstantSource clock) {
    this.clock = clock;
    this.ids = new IdSource(clock);
  }

  /** Makes every commit fail from now on, or work again. */
  public void failCommits(boolean fail) {
    failing = fail;
  }

  /** Lets the next listings of the standings end by a bug. */
  public void failStandings(int times) {
    failingStandings = times;
  }

  /** Makes every write of content fail from now on, or work again. */
  public void failWrites(boolean fail) {
    full = fail;
  }

  @Override
  public Draft draft() {
    return new RamDraft(ids.next(), clock.instant());
  }

  private static final class FullDisk extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      throw new IOException("No space left on device");
    }
  }

  private final class RamDraft implements Draft {
    private final QueueId id;
    private final Instant arrival;
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private boolean ended;

    RamDraft(QueueId id, Instant now) {
      this.id = id;
      this.arrival = Micros.instant(Micros.of(now));
    }

    @Override
    public QueueId id() {
      return id;
    }

    @Override
    public OutputStream content() {
      return full ? new FullDisk() : content;
    }

    @Override
    public StoredMessage commit(Envelope envelope) throws IOException {
      List<StoredMessage.Pending> all = new Progress().pending(envelope.recipients().size());
      return commit(envelope, new Carried(arrival, all, false, false, Set.of(), 0, arrival));
    }

    @Override
    public StoredMessage commit(Envelope envelope, Carried carried) throws IOException {
      Progress _ = Progress.of(carried.pending(), envelope.recipients().size());
      if (ended) {
        throw new IllegalStateException(id.shortForm() + " was committed or closed before");
      }
      ended = true;
      if (failing || closed) {
        throw new IOException(closed ? "the spool is closed" : "No space left on device");
      }
      byte[] bytes = content.toByteArray();
      StoredMessage message =
          new StoredMessage(
              id,
              carried.arrival(),
              envelope,
              carried.pending(),
              carried.held(),
              carried.expired(),
              carried.marks(),
              carried.attempts(),
              carried.nextAttempt(),
              bytes.length,
              new InMemory(bytes));
      stored.put(id, message);
      return message;
    }

    @Override
    public void close() {
      ended = true;
    }
  }

  @Override
  public Optional<StoredMessage> find(QueueId id) {
    return Optional.ofNullable(stored.get(id));
  }

  @Override
  public Stream<StoredMessage> messages() {
    return new ArrayList<>(stored.keySet()).stream().flatMap(id -> find(id).stream());
  }

  @Override
  public Stream<Standing> standings() {
    if (failingStandings > 0) {
      failingStandings--;
      throw new OutOfMemoryError("for the test");
    }
    return messages()
        .map(message ->
            new Standing(
                message.id(),
                message.nextAttempt(),
                message.held(),
                message.attempts(),
                message.pending().size(),
                message.size(),
                message.marks()));
  }

  @Override
  public void done(QueueId id, int index) {
    change(
        id,
        old -> {
          if (index < 0 || index >= old.envelope().recipients().size()) {
            throw new IndexOutOfBoundsException(index);
          }
          List<StoredMessage.Pending> left =
              old.pending().stream().filter(waiting -> waiting.index() != index).toList();
          return with(old, left, old.held(), old.attempts(), old.nextAttempt());
        });
  }

  @Override
  public void defer(QueueId id, List<StoredMessage.Pending> reasons, Instant nextAttempt) {
    change(
        id,
        old -> {
          List<StoredMessage.Pending> left =
              old.pending().stream()
                  .map(waiting ->
                      new StoredMessage.Pending(waiting.index(), reason(reasons, waiting)))
                  .toList();
          return with(old, left, old.held(), old.attempts() + 1, nextAttempt);
        });
  }

  private static String reason(List<StoredMessage.Pending> reasons, StoredMessage.Pending waiting) {
    return reasons.stream()
        .filter(each -> each.index() == waiting.index())
        .map(StoredMessage.Pending::reason)
        .findFirst()
        .orElse("");
  }

  @Override
  public void schedule(QueueId id, Instant nextAttempt) {
    change(id, old -> with(old, old.pending(), old.held(), old.attempts(), nextAttempt));
  }

  @Override
  public void hold(QueueId id, boolean held) {
    change(id, old -> with(old, old.pending(), held, old.attempts(), old.nextAttempt()));
  }

  @Override
  public void expire(QueueId id) {
    change(
        id,
        old ->
            new StoredMessage(
                old.id(),
                old.arrival(),
                old.envelope(),
                old.pending(),
                old.held(),
                true,
                old.marks(),
                old.attempts(),
                old.nextAttempt(),
                old.size(),
                old.content()));
  }

  @Override
  public void mark(QueueId id, Mark mark) {
    change(
        id,
        old -> {
          Set<Mark> marks = EnumSet.of(mark);
          marks.addAll(old.marks());
          return new StoredMessage(
              old.id(),
              old.arrival(),
              old.envelope(),
              old.pending(),
              old.held(),
              old.expired(),
              marks,
              old.attempts(),
              old.nextAttempt(),
              old.size(),
              old.content());
        });
  }

  private void change(QueueId id, UnaryOperator<StoredMessage> change) {
    stored.computeIfPresent(id, (_, old) -> change.apply(old));
  }

  private static StoredMessage with(
      StoredMessage old,
      List<StoredMessage.Pending> pending,
      boolean held,
      int attempts,
      Instant nextAttempt) {
    return new StoredMessage(
        old.id(),
        old.arrival(),
        old.envelope(),
        pending,
        held,
        old.expired(),
        old.marks(),
        attempts,
        Micros.instant(Micros.of(nextAttempt)),
        old.size(),
        old.content());
  }

  @Override
  public boolean remove(QueueId id) {
    return stored.remove(id) != null;
  }

  @Override
  public void flush() {}

  @Override
  public long usableBytes() {
    return Long.MAX_VALUE;
  }

  @Override
  public void close() {
    closed = true;
  }

  private record InMemory(byte[] bytes) implements MessageContent {
    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public InputStream open() {
      return new ByteArrayInputStream(bytes);
    }
  }
}

package dev.postrider.migrate;

import dev.postrider.mail.envelope.Envelope;
import dev.postrider.spool.Carried;
import dev.postrider.spool.Draft;
import dev.postrider.spool.Mark;
import dev.postrider.spool.QueueId;
import dev.postrider.spool.Spool;
import dev.postrider.spool.StoredMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A spool whose new messages have the age that they had in Postfix's maildrop, and stand in the
 * journal before they are stored. Everything else is the spool's behind it. For one thread.
 */
public final class CarryingSpool implements Spool {
  private final Spool spool;
  private final ImportJournal journal;
  private String key = "";
  private Instant arrival = Instant.EPOCH;

  public CarryingSpool(Spool spool, ImportJournal journal) {
    this.spool = spool;
    this.journal = journal;
  }

  /** Says what is stored next: its key in the journal, and since when it waits. */
  public void next(String newKey, Instant newArrival) {
    this.key = newKey;
    this.arrival = newArrival;
  }

  @Override
  public Draft draft() throws IOException {
    return new CarryingDraft(spool.draft());
  }

  private final class CarryingDraft implements Draft {
    private final Draft draft;

    CarryingDraft(Draft draft) {
      this.draft = draft;
    }

    @Override
    public QueueId id() {
      return draft.id();
    }

    @Override
    public OutputStream content() {
      return draft.content();
    }

    @Override
    public StoredMessage commit(Envelope envelope) throws IOException {
      List<StoredMessage.Pending> all = new ArrayList<>();
      for (int i = 0; i < envelope.recipients().size(); i++) {
        all.add(new StoredMessage.Pending(i, ""));
      }
      return commit(envelope, new Carried(arrival, all, false, false, Set.of(), 0, arrival));
    }

    @Override
    public StoredMessage commit(Envelope envelope, Carried carried) throws IOException {
      journal.begin(key, draft.id());
      StoredMessage stored;
      try {
        stored = draft.commit(envelope, carried);
      } catch (IOException e) {
        try {
          journal.cancel(key, draft.id());
        } catch (IOException also) {
          // What is left to say of it is that the import was begun; why it ended matters more.
          e.addSuppressed(also);
        }
        throw e;
      }
      journal.end(key, stored.id());
      return stored;
    }

    @Override
    public void close() {
      draft.close();
    }
  }

  @Override
  public void done(QueueId id, int index) {
    spool.done(id, index);
  }

  @Override
  public void defer(QueueId id, List<StoredMessage.Pending> reasons, Instant nextAttempt) {
    spool.defer(id, reasons, nextAttempt);
  }

  @Override
  public void schedule(QueueId id, Instant nextAttempt) {
    spool.schedule(id, nextAttempt);
  }

  @Override
  public void hold(QueueId id, boolean held) {
    spool.hold(id, held);
  }

  @Override
  public void expire(QueueId id) {
    spool.expire(id);
  }

  @Override
  public void mark(QueueId id, Mark mark) {
    spool.mark(id, mark);
  }

  @Override
  public boolean remove(QueueId id) {
    return spool.remove(id);
  }

  @Override
  public void flush() throws IOException {
    spool.flush();
  }

  @Override
  public long usableBytes() throws IOException {
    return spool.usableBytes();
  }

  @Override
  public Optional<StoredMessage> find(QueueId id) {
    return spool.find(id);
  }

  @Override
  public Stream<StoredMessage> messages() {
    return spool.messages();
  }

  @Override
  public Stream<Standing> standings() {
    return spool.standings();
  }

  /** Leaves the spool behind it open: whoever opened it closes it. */
  @Override
  public void close() {}
}

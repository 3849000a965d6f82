package dev.postrider.spool;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Something the writer has to do; a link of its inbox. */
abstract sealed class Operation {
  @Nullable Operation next;

  /** Somebody waits for the force. */
  abstract static sealed class Awaited extends Operation {
    private final Thread waiter = Thread.currentThread();
    private @Nullable IOException failure;
    private volatile boolean finished;

    /** Called once by the writer. */
    final void finish(@Nullable IOException outcome) {
      failure = outcome;
      finished = true;
      LockSupport.unpark(waiter);
    }

    /**
     * Waits on the thread that made this. Not interruptible: whether the message is stored must be
     * known before anybody answers for it.
     */
    final void await() throws IOException {
      boolean interrupted = false;
      while (!finished) {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (failure != null) {
        throw new IOException(failure.getMessage(), failure);
      }
    }
  }

  /** Store a message. */
  static final class Commit extends Awaited {
    /** When it arrived, and what it has behind it if that was in another queue. */
    record Start(long arrivalMicros, @Nullable Beginning beginning) {}

    final RecordHeader header;
    final byte[] meta;
    final byte[] content;
    final Entry.MessageSize size;
    final long arrivalMicros;
    final @Nullable Beginning beginning;

    /** Set by the writer when the message is stored. */
    @Nullable Entry entry;

    Commit(RecordHeader header, byte[] meta, byte[] content, Entry.MessageSize size, Start start) {
      this.header = header;
      this.meta = meta;
      this.content = content;
      this.size = size;
      this.arrivalMicros = start.arrivalMicros;
      this.beginning = start.beginning;
    }
  }

  /** Force everything that was submitted before. */
  static final class Flush extends Awaited {}

  /** Copy a message to the open segment, because its own is mostly dead. */
  static final class Move extends Operation {
    final Entry entry;

    Move(Entry entry) {
      this.entry = entry;
    }
  }

  /** Record a change of a message; what exactly is read from the entry when it is written. */
  static final class Change extends Operation {
    final Entry entry;
    final RecordType type;

    /** Of the recipient, for DONE. */
    final int index;

    /** Whether it still takes one of the places for waiting changes. */
    boolean counted = true;

    Change(Entry entry, RecordType type, int index) {
      this.entry = entry;
      this.type = type;
      this.index = index;
    }
  }
}

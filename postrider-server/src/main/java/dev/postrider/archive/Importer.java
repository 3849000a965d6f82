package dev.postrider.archive;

import dev.postrider.event.Event;
import dev.postrider.event.Events;
import dev.postrider.log.MailLog;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.spool.Draft;
import dev.postrider.spool.QueueId;
import dev.postrider.spool.Spool;
import dev.postrider.spool.StoredMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Brings exported messages into a spool that nobody delivers from meanwhile. For one thread.
 *
 * <p>The spool is written with the rights of the thread that calls, files of the export with those
 * of whoever asked: they need not be the same.
 */
public final class Importer {
  private static final int BLOCK = 64 << 10;

  /** Does work on files with the rights of the person who asked. */
  public interface Caller {
    /** Runs it and hands over what it throws. */
    <T> T run(Work<T> work) throws IOException;

    /** Such work. */
    @FunctionalInterface
    interface Work<T> {
      T run() throws IOException;
    }

    /** Where the two are the same. */
    static Caller same() {
      return new Caller() {
        @Override
        public <T> T run(Work<T> work) throws IOException {
          return work.run();
        }
      };
    }
  }

  /**
   * What a person has to allow.
   *
   * @param incomplete messages of which parts are missing
   * @param perhapsDelivered messages that may have been delivered before
   */
  public record Allowed(boolean incomplete, boolean perhapsDelivered) {}

  /**
   * Where messages go to, and who is told.
   *
   * @param uid of the person who asked
   * @param longIds enable_long_queue_ids
   */
  public record Target(Spool spool, Events events, MailLog log, long uid, boolean longIds) {}

  private final Target target;
  private final Caller caller;
  private final Allowed allowed;

  public Importer(Target target, Caller caller, Allowed allowed) {
    this.target = target;
    this.caller = caller;
    this.allowed = allowed;
  }

  /**
   * Imports one message.
   *
   * @return its new id; the message is as durable as one that was just accepted
   * @throws BadExportException if the export is not to be used, and why; the file stays as it was
   * @throws IOException if the spool or the directory fails
   */
  public QueueId run(ImportFile file) throws IOException {
    return run(new OfExport(file, caller));
  }

  /**
   * Imports one message from wherever it is.
   *
   * @return its new id; the message is as durable as one that was just accepted
   * @throws BadExportException if it is not to be used, and why; the source stays as it was
   * @throws IOException if the spool or the source fails
   */
  public QueueId run(ImportSource source) throws IOException {
    ExportedMessage message = source.read();
    refuse(message);
    try (InputStream content = source.openContent();
        Draft draft = target.spool.draft()) {
      copy(content, draft.content(), message.content());
      QueueId id = draft.id();
      source.begin(id);
      StoredMessage stored;
      try {
        stored = draft.commit(message.envelope(), message.carried());
      } catch (IOException e) {
        try {
          source.cancel(id);
        } catch (IOException also) {
          // What is left to say of it is that the import was begun; why it ended matters more.
          e.addSuppressed(also);
        }
        throw e;
      }
      tell(message, stored);
      source.end(id);
      return id;
    }
  }

  /** A message of an export, whose files are those of whoever asked. */
  private record OfExport(ImportFile file, Caller caller) implements ImportSource {
    @Override
    public ExportedMessage read() throws IOException {
      return caller.run(() -> Importer.read(file));
    }

    @Override
    public InputStream openContent() throws IOException {
      return caller.run(file::openContent);
    }

    @Override
    public void begin(QueueId id) throws IOException {
      caller.run(() -> {
        file.begin(id);
        return id;
      });
    }

    @Override
    public void cancel(QueueId id) throws IOException {
      caller.run(() -> {
        file.cancel(id);
        return id;
      });
    }

    @Override
    public void end(QueueId id) throws IOException {
      caller.run(() -> {
        file.end(id);
        return id;
      });
    }
  }

  private static ExportedMessage read(ImportFile file) throws IOException {
    try (InputStream in = file.openEnvelope()) {
      return EnvelopeReader.read(in);
    } catch (NoSuchFileException e) {
      throw new BadExportException("is not there (imported already, or misspelled)");
    }
  }

  private void refuse(ExportedMessage message) throws BadExportException {
    if (message.envelope().recipients().isEmpty()) {
      throw new BadExportException(
          "field \"recipients\": has nobody in it (add who shall get the message)");
    }
    if (!message.incomplete().isEmpty() && !allowed.incomplete) {
      throw new BadExportException(
          "is incomplete: "
              + String.join("; ", message.incomplete())
              + " (import it as it is: --incomplete)");
    }
    if (!message.perhapsDelivered().isEmpty() && !allowed.perhapsDelivered) {
      throw new BadExportException(
          message.perhapsDelivered() + " (deliver it nevertheless: --perhaps-delivered)");
    }
  }

  private static void copy(
      InputStream from, OutputStream to, @org.jspecify.annotations.Nullable ContentMark expected)
      throws IOException {
    MessageDigest digest = ContentMark.digest();
    byte[] block = new byte[BLOCK];
    long size = 0;
    for (int count = from.read(block); count >= 0; count = from.read(block)) {
      to.write(block, 0, count);
      digest.update(block, 0, count);
      size += count;
    }
    if (expected != null && !ContentMark.of(size, digest).equals(expected)) {
      throw new BadExportException(
          "its .eml file is not what was exported: %d bytes, or others than the %d in \"size\" and \"sha256\" (copy it again, byte by byte; if it was changed on purpose, delete the two fields)"
              .formatted(size, expected.size()));
    }
  }

  private void tell(ExportedMessage message, StoredMessage stored) {
    List<Recipient> recipients = stored.envelope().recipients();
    BitSet done = new BitSet(recipients.size());
    done.set(0, recipients.size());
    stored.pending().forEach(each -> done.clear(each.index()));
    target.events.record(
        new Event.Accepted(
            stored.id(),
            new Event.Source.Imported(target.uid, message.id(), done),
            stored.envelope().sender().external(),
            recipients.size(),
            recipients.stream()
                .limit(Event.Accepted.MOST_NAMED)
                .map(each -> each.mailbox().external())
                .toList(),
            stored.size(),
            ""));
    if (stored.held()) {
      target.events.record(new Event.Changed(stored.id(), Event.Change.HELD, ""));
    }
    if (stored.expired()) {
      target.events.record(new Event.Changed(stored.id(), Event.Change.EXPIRED, ""));
    }
    target.log.info(
        "",
        stored.id().print(target.longIds)
            + ": imported, was "
            + (message.id().isEmpty() ? "nameless" : message.id()));
  }

  /** What became of an import that was interrupted. */
  public enum Outcome {
    /** It is in the queue; the file is now named so. */
    IMPORTED,
    /** It was not stored; the file waits again. */
    WAITS,
    /** It was stored and has left the queue since; the file is now named so. */
    ENDED,
    /** Nobody can tell; the file stays as it is. */
    UNKNOWN
  }

  /** What the event log says of a message that is not in the queue. */
  @FunctionalInterface
  public interface History {
    /** Whether it knows the message; empty if it cannot tell, as where no log is kept. */
    Optional<Boolean> knows(QueueId id);
  }

  /** Ends what was interrupted, as far as it can be told how. */
  public Outcome resume(ImportFile.Interrupted interrupted, History history) throws IOException {
    QueueId id = interrupted.id();
    ImportFile file = interrupted.file();
    if (target.spool.find(id).isPresent()) {
      return renamed(() -> file.end(id), Outcome.IMPORTED);
    }
    Optional<Boolean> known = history.knows(id);
    if (known.isEmpty()) {
      return Outcome.UNKNOWN;
    }
    return known.get()
        ? renamed(() -> file.end(id), Outcome.ENDED)
        : renamed(() -> file.cancel(id), Outcome.WAITS);
  }

  @FunctionalInterface
  private interface Renaming {
    void run() throws IOException;
  }

  private Outcome renamed(Renaming renaming, Outcome outcome) throws IOException {
    return caller.run(() -> {
      renaming.run();
      return outcome;
    });
  }
}

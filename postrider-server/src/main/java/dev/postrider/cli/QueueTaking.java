package dev.postrider.cli;

import dev.postrider.archive.BadExportException;
import dev.postrider.archive.Importer;
import dev.postrider.config.Config;
import dev.postrider.intake.IntakeOutcome;
import dev.postrider.intake.IntakeSource;
import dev.postrider.intake.MessageIntake;
import dev.postrider.migrate.CarryingSpool;
import dev.postrider.migrate.ImportJournal;
import dev.postrider.migrate.QueueDirectory;
import dev.postrider.migrate.QueueFile;
import dev.postrider.migrate.QueueMail;
import dev.postrider.migrate.QueuedMessage;
import dev.postrider.spool.QueueId;
import dev.postrider.table.Tables;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/** Takes the mail of a Postfix queue into a spool of ours. For one call. */
final class QueueTaking {
  private final Invocation call;
  private final Config config;
  private final QueueDirectory directory;
  private final VerbArguments arguments;
  private final InstantSource clock;
  private final boolean longIds;
  private final Progress progress;
  private long imported;
  private long before;
  private long left;

  QueueTaking(
      Invocation call,
      Config config,
      QueueDirectory directory,
      VerbArguments arguments,
      InstantSource clock) {
    this.call = call;
    this.config = config;
    this.directory = directory;
    this.arguments = arguments;
    this.clock = clock;
    this.longIds = config.flag("enable_long_queue_ids");
    this.progress = new Progress(call);
  }

  /** Takes over every message; the spool is this call's alone. */
  void all(Importer.Target target, Importer.Caller caller) throws IOException {
    QueueMail mail = new QueueMail(directory, caller, config);
    ImportJournal journal = ImportJournal.open(Path.of(config.text("data_directory")));
    Importer importer = new Importer(target, caller, new Importer.Allowed(false, false));
    CarryingSpool spool = new CarryingSpool(target.spool(), journal);
    IntakeSource settings = IntakeSource.of(config, new Tables(config, target.log())::open);
    MessageIntake intake =
        new MessageIntake(
            () -> settings, spool, target.log(), MessageIntake.Listener.none(), target.events());
    Stores stores = new Stores(target, caller, mail, journal, importer, spool, intake);
    for (QueueFile file : caller.run(directory::files)) {
      one(file, stores);
    }
  }

  private void one(QueueFile file, Stores stores) throws IOException {
    QueuedMessage message;
    try {
      message = stores.mail.read(file);
    } catch (NoSuchFileException e) {
      leave(file, e.getMessage() + " is gone");
      return;
    } catch (AccessDeniedException e) {
      leave(file, "permission denied (ask as root)");
      return;
    } catch (IOException e) {
      // The disk, or no message: the others may be well.
      leave(file, Optional.ofNullable(e.getMessage()).orElseGet(e::toString));
      return;
    }
    try {
      String why = QueueImport.notTaken(file, message);
      if (why.isEmpty()) {
        refuseFilter(message);
        boolean whole = true;
        for (QueuedMessage part : message.parts()) {
          whole &= part(part, message.parts().size() > 1, stores);
        }
        if (!whole) {
          return;
        }
      } else {
        call.out().println(QueueImport.line(file) + why);
      }
      if (arguments.has(QueueImport.REMOVE)) {
        stores.target.spool().flush();
        stores.mail.delete(file);
      }
    } catch (NoSuchFileException e) {
      leave(file, e.getMessage() + " is gone");
    } catch (BadExportException e) {
      leave(file, String.valueOf(e.getMessage()));
    }
  }

  private void refuseFilter(QueuedMessage message) throws BadExportException {
    if (!message.filter().isEmpty() && !arguments.has(QueueImport.IGNORE_FILTER)) {
      throw new BadExportException(
          "is to pass the content filter "
              + message.filter()
              + ", which Postrider has not (let Postfix send it, or import it without the filter:"
              + " --ignore-filter)");
    }
  }

  /** Stores one message; returns whether it is stored, now or before. */
  private boolean part(QueuedMessage message, boolean oneOfMany, Stores stores) throws IOException {
    String key = oneOfMany ? message.key() + "." + message.recipientPlace() : message.key();
    switch (stores.journal.state(key)) {
      case ImportJournal.State.Fresh _ -> {}
      case ImportJournal.State.Done(QueueId id) -> {
        before++;
        call.out()
            .println(
                QueueImport.line(message.file()) + "was imported before as " + id.print(longIds));
        return true;
      }
      case ImportJournal.State.Begun(QueueId id) -> {
        if (!resume(message.file(), key, id, stores)) {
          return false;
        }
        if (stores.journal.state(key) instanceof ImportJournal.State.Done) {
          before++;
          return true;
        }
      }
    }
    QueueId id =
        message.file().queue() == QueueFile.Queue.MAILDROP
            ? intake(message, key, stores)
            : stores.importer.run(
                stores.mail.source(message, key, stores.journal, clock.instant()));
    imported++;
    call.out().println(QueueImport.line(message.file()) + "imported as " + id.print(longIds));
    progress.at(imported, "messages imported");
    return true;
  }

  /** A message of the maildrop becomes what it would have become in Postfix: completed. */
  private QueueId intake(QueuedMessage message, String key, Stores stores) throws IOException {
    stores.spool.next(key, message.arrival());
    try (InputStream content = stores.mail.content(message)) {
      return switch (stores.intake.store(stores.mail.submission(message), content)) {
        case IntakeOutcome.Stored stored -> stored.message().id();
        case IntakeOutcome.Refused refused ->
            throw new BadExportException(
                "is refused as if it were handed over now: " + refused.reply().oneLine());
      };
    }
  }

  /** Finds out what became of an interrupted import; returns whether that is known now. */
  private boolean resume(QueueFile file, String key, QueueId id, Stores stores) throws IOException {
    if (stores.target.spool().find(id).isPresent()) {
      stores.journal.end(key, id);
      return true;
    }
    Optional<Boolean> known = EventHistory.knows(config, id, stores.caller);
    if (known.isEmpty()) {
      leave(
          file,
          "an import was interrupted when it was being stored as "
              + id.print(longIds)
              + ", which is not in the queue: it was never stored, or was delivered since (the"
              + " mail log tells; to import it again, delete "
              + stores.journal.begun(key, id)
              + ")");
      return false;
    }
    if (known.get()) {
      stores.journal.end(key, id);
    } else {
      stores.journal.cancel(key, id);
    }
    return true;
  }

  private void leave(QueueFile file, String why) {
    left++;
    call.warning(file.path() + ": not imported: " + why);
  }

  /** Says what was done; returns the exit code. */
  int end() {
    call.out()
        .println(
            QueueImport.count(imported)
                + " imported"
                + (before == 0 ? "" : "; imported before: " + before)
                + (left == 0 ? "" : "; not imported: " + left + ", see above"));
    if (!arguments.has(QueueImport.REMOVE) && imported + before > 0) {
      call.out()
          .println(
              "The files stay in "
                  + directory.path()
                  + ": a Postfix that is started on them sends these messages again"
                  + " (--remove deletes each that is imported)");
    }
    return left == 0 ? 0 : SpoolVerb.NOT_ALL;
  }

  /** What an import works with. */
  private record Stores(
      Importer.Target target,
      Importer.Caller caller,
      QueueMail mail,
      ImportJournal journal,
      Importer importer,
      CarryingSpool spool,
      MessageIntake intake) {}
}

package dev.postrider.cli;

import dev.postrider.archive.BadExportException;
import dev.postrider.archive.Importer;
import dev.postrider.config.Config;
import dev.postrider.intake.IntakeOutcome;
import dev.postrider.intake.IntakeSource;
import dev.postrider.intake.MessageIntake;
import dev.postrider.mail.address.Mailbox;
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
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code postrider import queue}: takes over the mail that waits in a Postfix queue. */
final class QueueImport {
  static final String WRITE = "--write";
  static final String REMOVE = "--remove";
  static final String IGNORE_FILTER = "--ignore-filter";

  private static final int NOT_ALL = 1;
  private static final int EX_NOINPUT = 66;
  private static final int EX_TEMPFAIL = 75;
  private static final int MOST_SHOWN = 5;

  private final SpoolImport.StoppedSpool stopped;
  private final Postlog.LogOpener opener;
  private final InstantSource clock;

  QueueImport(SpoolImport.StoppedSpool stopped, Postlog.LogOpener opener, InstantSource clock) {
    this.stopped = stopped;
    this.opener = opener;
    this.clock = clock;
  }

  /**
   * Shows or takes over the mail.
   *
   * @param from Postfix's queue_directory
   * @return the exit code
   */
  int run(Invocation call, Config config, Path from, SpoolArguments arguments)
      throws IOException, InterruptedException {
    QueueDirectory directory = new QueueDirectory(from);
    if (!directory.isQueue()) {
      call.fatal(
          from
              + ": there is no queue of Postfix (\"postconf queue_directory\" of Postfix tells where"
              + " it is; name it with --from)");
      return EX_NOINPUT;
    }
    Optional<String> user = directory.user();
    if (!arguments.has(WRITE)) {
      return show(call, config, directory, user);
    }
    if (user.isPresent()) {
      call.fatal(
          from + ": Postfix uses this queue: " + user.get() + " (stop it first: postfix stop)");
      return EX_TEMPFAIL;
    }
    Path own = Path.of(config.text("queue_directory"));
    if (!Files.isDirectory(own)) {
      throw new IOException(
          own + ": there is no queue directory (\"postfix check\" makes it, as root)");
    }
    Taking taking = new Taking(call, config, directory, arguments);
    try (Postlog.OpenLog log = opener.open(config, config.text("syslog_name") + "/import")) {
      stopped.open(config, log.log(), taking::all);
    }
    return taking.end();
  }

  private static Mailbox nobody(Config config) {
    return new Mailbox("MAILER-DAEMON", config.text("myorigin"));
  }

  private static int show(
      Invocation call, Config config, QueueDirectory directory, Optional<String> user)
      throws IOException {
    QueueMail mail = new QueueMail(directory, Importer.Caller.same(), nobody(config));
    int messages = 0;
    int left = 0;
    for (QueueFile file : directory.files()) {
      try {
        QueuedMessage message = mail.read(file);
        String why = notTaken(file, message);
        if (!why.isEmpty()) {
          call.out().println(line(file) + why);
          continue;
        }
        messages++;
        call.out()
            .println(
                line(file)
                    + Invocation.printable(
                        "from <%s> to %s%s"
                            .formatted(message.sender(), to(message), remark(mail, message))));
      } catch (NoSuchFileException _) {
        // Postfix took it meanwhile.
      } catch (BadExportException e) {
        left++;
        call.warning(file.path() + ": cannot be imported: " + e.getMessage());
      } catch (AccessDeniedException _) {
        left++;
        call.warning(file.path() + ": cannot be read: permission denied (ask as root)");
      }
    }
    call.out()
        .println(
            "%s: %s to import%s"
                .formatted(
                    directory.path(),
                    count(messages),
                    left == 0 ? "" : "; not to be imported: " + left + ", see above"));
    user.ifPresent(who ->
        call.out().println("Postfix uses the queue (" + who + "): stop it before the import"));
    call.out().println("Nothing was changed. To import them: postrider import queue --write");
    return left == 0 ? 0 : NOT_ALL;
  }

  private static String line(QueueFile file) {
    return Invocation.printable(file.queue().directory() + "/" + file.id() + ": ");
  }

  private static String count(long messages) {
    return messages + (messages == 1 ? " message" : " messages");
  }

  private static String to(QueuedMessage message) {
    List<String> all = message.waitingAddresses();
    List<String> shown = all.subList(0, Math.min(MOST_SHOWN, all.size()));
    String more = all.size() > shown.size() ? " and " + (all.size() - shown.size()) + " more" : "";
    return "<" + String.join(">, <", shown) + ">" + more;
  }

  private static String remark(QueueMail mail, QueuedMessage message) throws IOException {
    List<String> remarks = new ArrayList<>();
    int served = message.recipients().size() - message.waiting();
    if (served > 0) {
      remarks.add(served + " served already");
    }
    if (message.file().queue() == QueueFile.Queue.HOLD) {
      remarks.add("stays on hold");
    }
    if (!message.filter().isEmpty()) {
      remarks.add("is to pass the content filter " + message.filter());
    }
    if (mail.owesReport(message.file())) {
      remarks.add("a report about those served is owed, and will not be made");
    }
    return remarks.isEmpty() ? "" : " (" + String.join("; ", remarks) + ")";
  }

  /** Why a message is none to take over, though nothing is wrong with it; else empty. */
  private static String notTaken(QueueFile file, QueuedMessage message) throws BadExportException {
    if (file.queue() == QueueFile.Queue.CORRUPT) {
      throw new BadExportException(
          "Postfix set it aside as damaged (\"postcat FILE\" shows it; \"postrider import queue\""
              + " takes it if you move it to the directory hold)");
    }
    if (message.isProbe()) {
      return "a question of Postfix's about an address, no mail";
    }
    return message.waiting() == 0 ? "nobody waits for it any more" : "";
  }

  /** One import. */
  private final class Taking {
    private final Invocation call;
    private final Config config;
    private final QueueDirectory directory;
    private final SpoolArguments arguments;
    private final boolean longIds;
    private final Progress progress;
    private long imported;
    private long before;
    private long left;

    Taking(Invocation call, Config config, QueueDirectory directory, SpoolArguments arguments) {
      this.call = call;
      this.config = config;
      this.directory = directory;
      this.arguments = arguments;
      this.longIds = config.flag("enable_long_queue_ids");
      this.progress = new Progress(call);
    }

    void all(Importer.Target target, Importer.Caller caller) throws IOException {
      QueueMail mail = new QueueMail(directory, caller, nobody(config));
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
      try {
        QueuedMessage message = stores.mail.read(file);
        String why = notTaken(file, message);
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
          call.out().println(line(file) + why);
        }
        if (arguments.has(REMOVE)) {
          stores.target.spool().flush();
          stores.mail.delete(file);
        }
      } catch (NoSuchFileException e) {
        leave(file, e.getMessage() + " is gone");
      } catch (BadExportException e) {
        leave(file, String.valueOf(e.getMessage()));
      } catch (AccessDeniedException e) {
        leave(file, "permission denied (ask as root)");
      }
    }

    private void refuseFilter(QueuedMessage message) throws BadExportException {
      if (!message.filter().isEmpty() && !arguments.has(IGNORE_FILTER)) {
        throw new BadExportException(
            "is to pass the content filter "
                + message.filter()
                + ", which Postrider has not (let Postfix send it, or import it without the filter:"
                + " --ignore-filter)");
      }
    }

    /** Stores one message; returns whether it is stored, now or before. */
    private boolean part(QueuedMessage message, boolean oneOfMany, Stores stores)
        throws IOException {
      String key = oneOfMany ? message.key() + "." + message.recipientPlace() : message.key();
      switch (stores.journal.state(key)) {
        case ImportJournal.State.Fresh _ -> {}
        case ImportJournal.State.Done(QueueId id) -> {
          before++;
          call.out().println(line(message.file()) + "was imported before as " + id.print(longIds));
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
      call.out().println(line(message.file()) + "imported as " + id.print(longIds));
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
    private boolean resume(QueueFile file, String key, QueueId id, Stores stores)
        throws IOException {
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

    int end() {
      call.out()
          .println(
              count(imported)
                  + " imported"
                  + (before == 0 ? "" : "; imported before: " + before)
                  + (left == 0 ? "" : "; not imported: " + left + ", see above"));
      if (!arguments.has(REMOVE) && imported + before > 0) {
        call.out()
            .println(
                "The files stay in "
                    + directory.path()
                    + ": a Postfix that is started on them sends these messages again"
                    + " (--remove deletes each that is imported)");
      }
      return left == 0 ? 0 : NOT_ALL;
    }
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

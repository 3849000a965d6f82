package dev.postrider.cli;

import dev.postrider.archive.BadExportException;
import dev.postrider.archive.ImportFile;
import dev.postrider.archive.Importer;
import dev.postrider.config.Config;
import dev.postrider.log.MailLog;
import dev.postrider.spool.QueueId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** {@code postrider spool import}: takes exported messages into a queue that no daemon runs. */
public final class SpoolImport implements SpoolVerb {
  /** Opens the spool of a queue whose daemon is not running. */
  @FunctionalInterface
  public interface StoppedSpool {
    /**
     * Lets work be done with it, as its owner, and returns when all of that is durable.
     *
     * @throws dev.postrider.io.DirectoryLock.HeldException if a daemon has it
     */
    void open(Config config, MailLog log, Work work) throws IOException, InterruptedException;

    /** What is to be done. */
    @FunctionalInterface
    interface Work {
      /** Called once. */
      void run(Importer.Target target, Importer.Caller caller) throws IOException;
    }
  }

  private static final String INCOMPLETE = "--incomplete";
  private static final String PERHAPS_DELIVERED = "--perhaps-delivered";

  private final StoppedSpool stopped;
  private final Postlog.LogOpener opener;

  SpoolImport(StoppedSpool stopped, Postlog.LogOpener opener) {
    this.stopped = stopped;
    this.opener = opener;
  }

  @Override
  public Set<String> flags() {
    return Set.of(INCOMPLETE, PERHAPS_DELIVERED);
  }

  @Override
  public int run(Invocation call, Config config, VerbArguments arguments)
      throws IOException, InterruptedException, VerbArguments.Mistake {
    if (arguments.operands().isEmpty()) {
      throw new VerbArguments.Mistake("import needs the directory of an export, or files of it");
    }
    Path queueDirectory = Path.of(config.text("queue_directory"));
    if (!Files.isDirectory(queueDirectory)) {
      throw new IOException(
          queueDirectory + ": there is no queue directory (\"postfix check\" makes it, as root)");
    }
    Run run = new Run(call, config);
    for (String operand : arguments.operands()) {
      run.find(Path.of(operand));
    }
    Importer.Allowed allowed =
        new Importer.Allowed(arguments.has(INCOMPLETE), arguments.has(PERHAPS_DELIVERED));
    try (Postlog.OpenLog log = opener.open(config, config.text("syslog_name") + "/spool")) {
      stopped.open(
          config,
          log.log(),
          (target, caller) -> run.all(new Importer(target, caller, allowed), caller));
    }
    return run.end();
  }

  /** One call. */
  private static final class Run {
    private final Invocation call;
    private final Config config;
    private final Progress progress;
    private final List<ImportFile> waiting = new ArrayList<>();
    private final List<ImportFile.Interrupted> interrupted = new ArrayList<>();
    private long imported;
    private long left;

    Run(Invocation call, Config config) {
      this.call = call;
      this.config = config;
      this.progress = new Progress(call);
    }

    void find(Path operand) throws IOException {
      if (Files.isDirectory(operand)) {
        ImportFile.Found found = ImportFile.in(operand);
        waiting.addAll(found.waiting());
        interrupted.addAll(found.interrupted());
        return;
      }
      try {
        waiting.add(ImportFile.of(operand));
      } catch (BadExportException e) {
        leave(operand, String.valueOf(e.getMessage()));
      }
    }

    void all(Importer importer, Importer.Caller caller) throws IOException {
      for (ImportFile.Interrupted each : interrupted) {
        resume(importer, each, caller);
      }
      for (ImportFile each : waiting) {
        one(importer, each);
      }
    }

    private void one(Importer importer, ImportFile file) throws IOException {
      try {
        QueueId id = importer.run(file);
        imported++;
        call.out()
            .println(
                file.name() + ": imported as " + id.print(config.flag("enable_long_queue_ids")));
        progress.at(imported, "messages imported");
      } catch (BadExportException e) {
        leave(file.path(), String.valueOf(e.getMessage()));
      }
    }

    private void resume(Importer importer, ImportFile.Interrupted each, Importer.Caller caller)
        throws IOException {
      Path path = each.file().path();
      String id = each.id().print(config.flag("enable_long_queue_ids"));
      switch (importer.resume(each, wanted -> EventHistory.knows(config, wanted, caller))) {
        case IMPORTED -> {
          imported++;
          call.out()
              .println(
                  each.file().name()
                      + ": imported as "
                      + id
                      + " (by an import that was interrupted)");
        }
        case WAITS -> waiting.add(each.file());
        case ENDED ->
            call.out()
                .println(
                    each.file().name()
                        + ": was imported as "
                        + id
                        + " and has left the queue since (\"postrider trace\" tells how)");
        case UNKNOWN ->
            leave(
                path,
                "an import was interrupted when it was being stored as "
                    + id
                    + ", which is not in the queue: it was never stored, or was delivered since (the mail log tells; to import it again, rename its file to end in .json)");
      }
    }

    private void leave(Path file, String why) {
      left++;
      call.warning(file + ": not imported: " + why);
    }

    int end() {
      call.out()
          .println(
              "%d message%s imported%s"
                  .formatted(
                      imported,
                      imported == 1 ? "" : "s",
                      left == 0 ? "" : "; not imported: " + left + ", see above"));
      return left == 0 ? 0 : NOT_ALL;
    }
  }
}

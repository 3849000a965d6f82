package dev.postrider.cli;

import dev.postrider.archive.ExportDirectory;
import dev.postrider.archive.ExportedMessage;
import dev.postrider.config.Config;
import dev.postrider.log.MailLog;
import dev.postrider.spool.QueueId;
import dev.postrider.spool.SegmentSpool;
import dev.postrider.spool.SpoolView;
import dev.postrider.spool.StoredMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** {@code postrider spool export}: writes messages of the queue into a directory. */
final class SpoolExport implements SpoolVerb {
  @Override
  public int run(Invocation call, Config config, SpoolArguments arguments)
      throws IOException, SpoolArguments.Mistake {
    if (arguments.operands().isEmpty()) {
      throw new SpoolArguments.Mistake("export needs a directory to write to");
    }
    List<String> names = arguments.operands().subList(1, arguments.operands().size());
    boolean all = names.isEmpty() || names.equals(List.of("ALL"));
    List<QueueId> ids = new ArrayList<>();
    if (!all) {
      for (String name : names) {
        ids.add(
            QueueId.parse(name)
                .orElseThrow(() ->
                    new SpoolArguments.Mistake(name + ": is no queue id (postqueue -p has them)")));
      }
    }
    Path queueDirectory = Path.of(config.text("queue_directory"));
    Path to = Path.of(arguments.operands().getFirst());
    Run run = new Run(call, config.flag("enable_long_queue_ids"), to);
    try (SpoolView spool =
        all
            ? SegmentSpool.readOnly(queueDirectory, run)
            : SegmentSpool.readOnly(queueDirectory, ids, run)) {
      ExportDirectory directory = ExportDirectory.create(to);
      if (all) {
        try (Stream<StoredMessage> messages = spool.messages()) {
          messages.forEach(message -> run.export(message, directory));
        }
      } else {
        ids.stream().distinct().forEach(id -> run.export(id, spool, directory));
      }
      directory.force();
    }
    return run.end();
  }

  /** One call. For one thread; hears as a log of what cannot be read. */
  private static final class Run implements MailLog {
    private final Invocation call;
    private final boolean longIds;
    private final Path to;
    private final Progress progress;
    private long exported;
    private long left;

    Run(Invocation call, boolean longIds, Path to) {
      this.call = call;
      this.longIds = longIds;
      this.to = to;
      this.progress = new Progress(call);
    }

    void export(QueueId id, SpoolView spool, ExportDirectory directory) {
      Optional<StoredMessage> message = spool.find(id);
      if (message.isEmpty()) {
        leave(id.print(longIds) + ": is not in the queue (delivered meanwhile, or mistyped)");
      } else {
        export(message.get(), directory);
      }
    }

    void export(StoredMessage message, ExportDirectory directory) {
      String name = message.id().print(longIds);
      try {
        directory.write(name, ExportedMessage.of(name, message), message.content());
        exported++;
        progress.at(exported, "messages exported");
      } catch (FileAlreadyExistsException e) {
        leave(
            e.getMessage()
                + " is there already and is never overwritten (export into an empty directory)");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void leave(String why) {
      left++;
      call.warning(why);
    }

    @Override
    public void log(Severity severity, String process, String text) {
      if (severity == Severity.ERROR) {
        leave(text + " (see \"postrider spool salvage\")");
      }
    }

    int end() {
      call.out()
          .println(
              "%s: %d message%s exported%s"
                  .formatted(
                      to,
                      exported,
                      exported == 1 ? "" : "s",
                      left == 0 ? "" : "; not exported: " + left + ", see above"));
      return left == 0 ? 0 : NOT_ALL;
    }
  }
}

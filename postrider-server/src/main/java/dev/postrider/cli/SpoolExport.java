package dev.postrider.cli;

import dev.postrider.archive.ExportDirectory;
import dev.postrider.config.Config;
import dev.postrider.log.MailLog;
import dev.postrider.spool.QueueId;
import dev.postrider.spool.SegmentSpool;
import dev.postrider.spool.SpoolView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code postrider spool export}: writes messages of the queue into a directory. */
final class SpoolExport implements SpoolVerb {
  /** What cannot be read is told where somebody wants it. */
  private static final MailLog NOWHERE = (_, _, _) -> {};

  @Override
  public int run(Invocation call, Config config, VerbArguments arguments)
      throws IOException, VerbArguments.Mistake {
    if (arguments.operands().isEmpty()) {
      throw new VerbArguments.Mistake("export needs a directory to write to");
    }
    List<String> names = arguments.operands().subList(1, arguments.operands().size());
    boolean all = names.isEmpty() || names.equals(List.of("ALL"));
    Set<QueueId> wanted = all ? Set.of() : ids(names);
    Path queue = Path.of(config.text("queue_directory"));
    Path to = Path.of(arguments.operands().getFirst());
    try (SpoolView spool =
        all
            ? SegmentSpool.readOnly(queue, NOWHERE)
            : SegmentSpool.readOnly(queue, wanted, NOWHERE)) {
      ExportDirectory directory = ExportDirectory.create(to);
      ExportRun run = new ExportRun(call, config.flag("enable_long_queue_ids"), directory);
      try (Stream<QueueId> ids =
          all ? spool.standings().map(SpoolView.Standing::id) : wanted.stream()) {
        run.first(ids, spool, all);
      }
      if (!run.suspects().isEmpty()) {
        // A daemon may have moved or delivered them since the spool was looked at.
        try (SpoolView again = SegmentSpool.readOnly(queue, run.suspects(), NOWHERE)) {
          run.second(again);
        }
      }
      directory.force();
      return run.end(to);
    }
  }

  private static Set<QueueId> ids(List<String> names) throws VerbArguments.Mistake {
    for (String name : names) {
      if (QueueId.parse(name).isEmpty()) {
        throw new VerbArguments.Mistake(name + ": is no queue id (postqueue -p has them)");
      }
    }
    return names.stream()
        .flatMap(name -> QueueId.parse(name).stream())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }
}

package dev.postrider.cli;

import dev.postrider.archive.ExportDirectory;
import dev.postrider.archive.ExportedMessage;
import dev.postrider.config.Config;
import dev.postrider.event.EventReader;
import dev.postrider.io.Printable;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.spool.Carried;
import dev.postrider.spool.Remains;
import dev.postrider.spool.Salvage;
import dev.postrider.spool.StoredMessage;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code postrider spool salvage}: looks for messages in what is damaged or set aside. */
final class SpoolSalvage implements SpoolVerb {
  private static final String TO = "--to";

  @Override
  public Set<String> values() {
    return Set.of(TO);
  }

  @Override
  public int run(Invocation call, Config config, VerbArguments arguments)
      throws IOException, VerbArguments.Mistake {
    if (!arguments.operands().isEmpty()) {
      throw new VerbArguments.Mistake(
          arguments.operands().getFirst() + ": salvage takes no names (where to write: --to TO)");
    }
    Path queueDirectory = Path.of(config.text("queue_directory"));
    Progress progress = new Progress(call);
    Salvage.Result found =
        Salvage.run(queueDirectory, bytes -> progress.at(bytes >> 20, "megabytes read"));
    EventTrail trail =
        EventTrail.read(
            new EventReader(queueDirectory), found.remains().stream().map(Remains::id).toList());
    Optional<Path> to = arguments.value(TO).map(Path::of);
    Run run = new Run(call, config.flag("enable_long_queue_ids"), to);
    for (Remains each : found.remains()) {
      run.one(each, trail.of(each.id()));
    }
    found.hopeless().forEach(run::hopeless);
    return run.end();
  }

  /** One call. */
  private static final class Run {
    private final Invocation call;
    private final boolean longIds;
    private final Optional<Path> to;
    private Optional<ExportDirectory> directory = Optional.empty();
    private long whole;
    private long incomplete;
    private long needless;
    private long hopeless;
    private long failed;

    Run(Invocation call, boolean longIds, Optional<Path> to) {
      this.call = call;
      this.longIds = longIds;
      this.to = to;
    }

    void one(Remains remains, EventTrail.Trail trail) throws IOException {
      if (remains.trace() == Remains.Trace.IN_QUEUE) {
        needless(remains, "a sound copy is in the queue");
        return;
      }
      if (EventTrail.isFinal(trail.ended())) {
        needless(remains, "it had ended: " + trail.ended());
        return;
      }
      BitSet done = remains.done();
      if (trail.done() != null) {
        done.or(trail.done());
      }
      int recipients = remains.envelope().recipients().size();
      if (recipients > 0 && remains.isWhole() && done.nextClearBit(0) >= recipients) {
        needless(remains, "everybody has it");
        return;
      }
      String doubt = doubt(remains, trail);
      if (remains.isWhole()) {
        whole++;
      } else {
        incomplete++;
      }
      say(remains, done, doubt);
      if (to.isPresent()) {
        write(to.get(), remains, done, doubt);
      }
    }

    /** Why it may have been delivered; empty if what is known excludes it. */
    private static String doubt(Remains remains, EventTrail.Trail trail) {
      if (trail.accepted() && trail.done() != null && trail.ended().isEmpty()) {
        return "";
      }
      return switch (remains.trace()) {
        case UNFINISHED ->
            "may have been sent again: it was never wholly stored, and its sender was most likely told so";
        case REMOVED ->
            "may have been delivered: the spool says that it was removed, and the event log does not say why";
        case LOST, IN_QUEUE ->
            "may have been delivered to some: the event log does not tell its whole history";
      };
    }

    private void needless(Remains remains, String why) {
      needless++;
      call.out()
          .println(
              "%s: nothing to save, %s (%s)"
                  .formatted(remains.id().print(longIds), why, remains.where()));
    }

    private void say(Remains remains, BitSet done, String doubt) {
      Envelope envelope = remains.envelope();
      StringBuilder text = new StringBuilder(remains.id().print(longIds));
      text.append(remains.isWhole() ? ": whole" : ": incomplete");
      text.append(", from=<").append(envelope.sender().external()).append(">, ");
      text.append(envelope.recipients().size()).append(" recipients");
      if (!done.isEmpty()) {
        text.append(" (").append(done.cardinality()).append(" done)");
      }
      text.append(", ").append(remains.content().size()).append(" bytes");
      text.append(" (").append(remains.where()).append(')');
      call.out().println(Printable.of(text.toString()));
      remains.faults().forEach(fault -> call.out().println("  " + fault));
      if (!doubt.isEmpty()) {
        call.out().println("  " + doubt);
      }
    }

    private void write(Path path, Remains remains, BitSet done, String doubt) throws IOException {
      if (directory.isEmpty()) {
        directory = Optional.of(ExportDirectory.create(path));
      }
      String name = remains.id().print(longIds);
      List<StoredMessage.Pending> pending = new ArrayList<>();
      for (int i = 0; i < remains.envelope().recipients().size(); i++) {
        if (!done.get(i)) {
          pending.add(new StoredMessage.Pending(i, ""));
        }
      }
      Remains.Standing standing = remains.standing();
      Carried carried =
          new Carried(
              remains.arrival(),
              pending,
              standing.held(),
              standing.expired(),
              Set.of(),
              standing.attempts(),
              standing.nextAttempt());
      try {
        directory
            .get()
            .write(
                name,
                new ExportedMessage(
                    name, remains.envelope(), carried, null, remains.faults(), doubt),
                remains.content());
      } catch (FileAlreadyExistsException e) {
        failed++;
        call.warning(
            e.getMessage() + " is there already and is never overwritten (use an empty directory)");
      }
    }

    void hopeless(String place) {
      hopeless++;
      call.out().println(Printable.of(place + ": no message can be read in it"));
    }

    int end() throws IOException {
      if (directory.isPresent()) {
        directory.get().force();
      }
      if (whole + incomplete + needless + hopeless == 0) {
        call.out().println("nothing is damaged or set aside");
        return 0;
      }
      call.out()
          .println(
              "whole messages: %d, incomplete: %d, %s; nothing to save of %d; places without a message: %d"
                  .formatted(
                      whole,
                      incomplete,
                      to.map(path ->
                              failed == 0 ? "written to " + path : "not all written to " + path)
                          .orElse("not written (say where: --to TO)"),
                      needless,
                      hopeless));
      return incomplete + hopeless + failed == 0 ? 0 : NOT_ALL;
    }
  }
}

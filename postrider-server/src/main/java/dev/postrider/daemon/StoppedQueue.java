package dev.postrider.daemon;

import dev.postrider.config.Config;
import dev.postrider.control.ControlOutput;
import dev.postrider.control.ControlRequest;
import dev.postrider.control.QueueChange;
import dev.postrider.intake.IntakeSource;
import dev.postrider.intake.MessageIntake;
import dev.postrider.io.OwnUser;
import dev.postrider.log.MailLog;
import dev.postrider.queue.QueueView;
import dev.postrider.spool.QueueId;
import dev.postrider.spool.SegmentSpool;
import dev.postrider.spool.Spool;
import dev.postrider.spool.StoredMessage;
import dev.postrider.table.Tables;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Carries out what postsuper(1) asks while no daemon runs. Functions only. */
final class StoppedQueue {
  private StoppedQueue() {}

  /**
   * Changes the spool, as its owner: what root would write, the daemon could not read later.
   *
   * @throws dev.postrider.io.DirectoryLock.HeldException if somebody uses the spool after all
   */
  static void change(
      Config config, ControlRequest.Change request, ControlOutput output, MailLog log)
      throws IOException, InterruptedException {
    String caller = System.getProperty("user.name", "");
    AsOwner.run(config, () -> changeAsOwner(config, request, output, log, caller));
  }

  private static void changeAsOwner(
      Config config,
      ControlRequest.Change request,
      ControlOutput output,
      MailLog log,
      String caller)
      throws IOException {
    boolean longIds = config.flag("enable_long_queue_ids");
    Set<QueueView.Queue> queues = QueueChanges.queues(request.queues());
    InstantSource clock = InstantSource.system();
    // The events are closed behind the spool: resources close in reverse.
    try (EventRecord events = new EventRecord();
        SegmentSpool spool =
            SegmentSpool.open(Path.of(config.text("queue_directory")), log, clock)) {
      events.open(config, "postsuper", spool, log, clock);
      IntakeSource source = IntakeSource.of(config, new Tables(config, log)::open);
      MessageIntake intake =
          new MessageIntake(() -> source, spool, log, MessageIntake.Listener.none(), events);
      Requeue requeue = new Requeue(intake, log, OwnUser.uid(), longIds);
      List<StoredMessage> chosen;
      try (Stream<StoredMessage> all = spool.messages()) {
        chosen =
            all.filter(message -> queues.contains(QueueEntries.queue(message)))
                .filter(message -> isChosen(request, message.id()))
                .toList();
      }
      for (StoredMessage message : chosen) {
        if (change(request.change(), message, spool, requeue)) {
          events.record(QueueChanges.event(request.change(), message.id(), caller));
          output.changed(message.id().print(longIds));
        }
      }
      spool.flush();
    }
  }

  private static boolean isChosen(ControlRequest.Change request, QueueId id) {
    return request.ids().isEmpty()
        || request.ids().contains(id.shortForm())
        || request.ids().contains(id.longForm());
  }

  private static boolean change(
      QueueChange change, StoredMessage message, Spool spool, Requeue requeue) {
    return switch (change) {
      case DELETE -> spool.remove(message.id());
      case HOLD -> {
        spool.hold(message.id(), true);
        yield !message.held();
      }
      case RELEASE -> {
        spool.hold(message.id(), false);
        yield message.held();
      }
      case EXPIRE -> {
        spool.expire(message.id());
        yield !message.expired();
      }
      case REQUEUE -> requeue.store(message) && spool.remove(message.id());
    };
  }
}

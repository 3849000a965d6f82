package dev.postrider.daemon;

import dev.postrider.config.Config;
import dev.postrider.control.QueueEntry;
import dev.postrider.log.MailLog;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.pickup.WaitingSubmission;
import dev.postrider.queue.QueueView;
import dev.postrider.spool.SegmentSpool;
import dev.postrider.spool.SpoolView;
import dev.postrider.spool.StoredMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Queue entries for a listing: from the running queue, or from the spool of a stopped one. */
final class QueueEntries {
  private QueueEntries() {}

  static QueueEntry of(QueueView view) {
    List<QueueEntry.Waiting> waiting = new ArrayList<>(view.recipients().size());
    for (QueueView.WaitingRecipient each : view.recipients()) {
      waiting.add(new QueueEntry.Waiting(each.original(), each.address(), each.reason()));
    }
    return new QueueEntry(
        view.queue().toString(),
        view.expired(),
        view.id(),
        view.arrival(),
        view.size(),
        view.sender(),
        waiting);
  }

  /** Lists the spool of a mail system that is not running; changes nothing in it. */
  static void ofStopped(Config config, Consumer<QueueEntry> entries) throws IOException {
    for (WaitingSubmission waiting : WaitingSubmission.list(config)) {
      entries.accept(of(waiting));
    }
    boolean longIds = config.flag("enable_long_queue_ids");
    MailLog nowhere = (severity, process, text) -> {};
    try (SpoolView spool = SegmentSpool.readOnly(Path.of(config.text("queue_directory")), nowhere);
        Stream<StoredMessage> all = spool.messages()) {
      all.forEach(message -> entries.accept(of(QueueView.of(message, queue(message), longIds))));
    }
  }

  private static QueueEntry of(WaitingSubmission waiting) {
    Envelope envelope = waiting.submission().envelope();
    List<QueueEntry.Waiting> recipients = new ArrayList<>();
    for (Recipient recipient : envelope.recipients()) {
      recipients.add(new QueueEntry.Waiting("", recipient.mailbox().external(), ""));
    }
    return new QueueEntry(
        "maildrop",
        false,
        waiting.name(),
        waiting.handedOver(),
        waiting.size(),
        envelope.sender().external(),
        recipients);
  }

  /** Where a message of a stopped queue is. */
  static QueueView.Queue queue(StoredMessage message) {
    if (message.held()) {
      return QueueView.Queue.HOLD;
    }
    return message.attempts() == 0 ? QueueView.Queue.INCOMING : QueueView.Queue.DEFERRED;
  }
}

package dev.postrider.migrate;

import dev.postrider.archive.BadExportException;
import dev.postrider.mail.envelope.DsnRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The recipients of a queue file. What is said of a recipient stands before it: the address as
 * first given and the reports asked for count for the next recipient only. For one file.
 */
final class RecipientRecords {
  private static final int MOST_RECIPIENTS = 1_000_000;

  private final List<QueuedRecipient> recipients = new ArrayList<>();
  private String original = "";
  private @Nullable String dsnOriginal;
  private Set<DsnRequest.Event> notify = Set.of();

  void original(String address) {
    original = address;
  }

  void dsnOriginal(String text) {
    dsnOriginal = text;
  }

  /** NOTIFY, as a number of Postfix's. */
  void notify(String flags) {
    notify = events(flags);
  }

  /** Those of whom there are records, in their order; without those who were taken out. */
  List<QueuedRecipient> all() {
    return Collections.unmodifiableList(recipients);
  }

  /**
   * Takes a recipient, served, or taken out.
   *
   * @throws BadExportException if there are too many
   */
  void recipient(QueueRecord record) throws BadExportException {
    if (record.type() != QueueRecord.CANCELED) {
      if (recipients.size() == MOST_RECIPIENTS) {
        throw new BadExportException(
            "has more than " + MOST_RECIPIENTS + " recipients (let Postfix deliver it)");
      }
      recipients.add(
          new QueuedRecipient(
              record.text(),
              original,
              notify.isEmpty() && dsnOriginal == null
                  ? DsnRequest.DEFAULT
                  : new DsnRequest(notify, dsnOriginal),
              record.type() == QueueRecord.DONE,
              record.offset()));
    }
    original = "";
    dsnOriginal = null;
    notify = Set.of();
  }

  private static Set<DsnRequest.Event> events(String text) {
    int bits = QueueAttributes.number(text);
    EnumSet<DsnRequest.Event> events = EnumSet.noneOf(DsnRequest.Event.class);
    if ((bits & 1) != 0) {
      return EnumSet.of(DsnRequest.Event.NEVER);
    }
    if ((bits & 2) != 0) {
      events.add(DsnRequest.Event.SUCCESS);
    }
    if ((bits & 4) != 0) {
      events.add(DsnRequest.Event.FAILURE);
    }
    if ((bits & 8) != 0) {
      events.add(DsnRequest.Event.DELAY);
    }
    return events;
  }
}

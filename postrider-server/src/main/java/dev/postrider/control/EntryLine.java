package dev.postrider.control;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A queue entry as one line of the control protocol: fields separated by tabs. */
final class EntryLine {
  private static final int FIXED_FIELDS = 7;
  private static final int FIELDS_EACH = 3;

  private EntryLine() {}

  static String format(QueueEntry entry) {
    StringBuilder line = new StringBuilder(160);
    line.append(entry.queue()).append('\t').append(entry.expired() ? "expired" : "");
    line.append('\t').append(entry.id());
    line.append('\t').append(entry.arrival().toEpochMilli()).append('\t').append(entry.size());
    line.append('\t').append(WireText.escape(entry.sender()));
    line.append('\t').append(entry.recipients().size());
    for (QueueEntry.Waiting waiting : entry.recipients()) {
      line.append('\t').append(WireText.escape(waiting.original()));
      line.append('\t').append(WireText.escape(waiting.address()));
      line.append('\t').append(WireText.escape(waiting.reason()));
    }
    return line.toString();
  }

  /**
   * @throws IllegalArgumentException if the other side speaks another version of the protocol
   */
  static QueueEntry parse(String line) {
    String[] fields = line.split("\t", -1);
    if (fields.length < FIXED_FIELDS) {
      throw new IllegalArgumentException("not a queue entry: " + line);
    }
    int count = Integer.parseInt(fields[6]);
    if (fields.length != FIXED_FIELDS + FIELDS_EACH * count) {
      throw new IllegalArgumentException("not a queue entry: " + line);
    }
    List<QueueEntry.Waiting> recipients = new ArrayList<>(count);
    for (int i = FIXED_FIELDS; i < fields.length; i += FIELDS_EACH) {
      recipients.add(
          new QueueEntry.Waiting(
              WireText.unescape(fields[i]),
              WireText.unescape(fields[i + 1]),
              WireText.unescape(fields[i + 2])));
    }
    return new QueueEntry(
        fields[0],
        fields[1].equals("expired"),
        fields[2],
        Instant.ofEpochMilli(Long.parseLong(fields[3])),
        Long.parseLong(fields[4]),
        WireText.unescape(fields[5]),
        recipients);
  }
}

package dev.postrider.spool;

import dev.postrider.io.Disk;
import dev.postrider.log.MailLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.Stream;

/** A spool as it was when this was opened. Changes nothing. Safe on any thread. */
final class SegmentSpoolView implements SpoolView {
  private final SegmentDirectory segments;
  private final StoredMessages messages;

  private SegmentSpoolView(SegmentDirectory segments, StoredMessages messages) {
    this.segments = segments;
    this.messages = messages;
  }

  static SegmentSpoolView open(Disk disk, Path directory, Index index, MailLog log)
      throws IOException {
    SegmentDirectory segments = new SegmentDirectory(disk, directory, log);
    Bodies bodies = new Bodies(disk, directory.resolve("bodies"), log);
    new Recovery(segments, index, new IdSource(InstantSource.system()), log, null).run();
    return new SegmentSpoolView(segments, new StoredMessages(index, bodies, log));
  }

  @Override
  public Optional<StoredMessage> find(QueueId id) {
    return messages.find(id);
  }

  @Override
  public Stream<StoredMessage> messages() {
    return messages.all();
  }

  @Override
  public Stream<Standing> standings() {
    return messages.standings();
  }

  @Override
  public void close() throws IOException {
    segments.close();
  }
}

package dev.postrider.spool;

import dev.postrider.io.Disk;
import dev.postrider.io.DiskFile;
import dev.postrider.io.RealDisk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads all of a spool, with every checksum, and says what is sound; changes and locks nothing, so
 * that a daemon may be at work meanwhile. Apart from how records are read it shares nothing with
 * {@link Recovery}: a second opinion. For one thread. Memory: a hundred bytes or two a message.
 */
public final class SpoolCheck {
  /** A body file may be that old and still wait for the rest of its message. */
  private static final Duration IN_THE_MAKING = Duration.ofHours(1);

  private static final int BLOCK = 64 << 10;

  private final Disk disk;
  private final Path directory;
  private final long now;
  private final LongConsumer progress;
  private final Map<Long, Message> messages = new HashMap<>();
  private final List<Counts> counts = new ArrayList<>();
  private long read;

  private SpoolCheck(Disk disk, Path directory, long now, LongConsumer progress) {
    this.disk = disk;
    this.directory = directory;
    this.now = now;
    this.progress = progress;
  }

  /**
   * One segment.
   *
   * @param name of its file
   * @param bytes its length
   * @param alive messages of the queue whose record is here
   * @param aliveBytes of their records
   * @param dead records of messages that are gone or stand elsewhere now
   * @param damaged places, as byte offsets FROM-TO
   */
  public record SegmentFacts(
      String name, long bytes, long alive, long aliveBytes, long dead, List<String> damaged) {
    public SegmentFacts {
      damaged = List.copyOf(damaged);
    }
  }

  /**
   * What was found.
   *
   * @param segments by number
   * @param messages in the queue
   * @param contentBytes of these, body files included
   * @param badBodies body files of messages in the queue that are missing or damaged, with why
   * @param orphans body files that no message names and none in the making can
   * @param quarantine names in the quarantine that are there because of damage
   * @param cut those of unfinished writes that earlier starts cut
   */
  public record Result(
      List<SegmentFacts> segments,
      long messages,
      long contentBytes,
      List<String> badBodies,
      List<String> orphans,
      List<String> quarantine,
      List<String> cut) {
    public Result {
      segments = List.copyOf(segments);
      badBodies = List.copyOf(badBodies);
      orphans = List.copyOf(orphans);
      quarantine = List.copyOf(quarantine);
      cut = List.copyOf(cut);
    }

    /** Damaged places in segments. */
    public long damagedPlaces() {
      return segments.stream().mapToLong(each -> each.damaged().size()).sum();
    }

    /** Whether all that the queue needs can be read, and no damage was set aside before. */
    public boolean isSound() {
      return damagedPlaces() == 0 && badBodies.isEmpty() && quarantine.isEmpty();
    }
  }

  /**
   * Checks the spool of a queue directory.
   *
   * @param progress hears of each block how many bytes were read so far
   * @throws java.nio.file.NoSuchFileException if there is none
   */
  public static Result run(Path queueDirectory, InstantSource clock, LongConsumer progress)
      throws IOException {
    return run(new RealDisk(), queueDirectory, clock, progress);
  }

  static Result run(Disk disk, Path queueDirectory, InstantSource clock, LongConsumer progress)
      throws IOException {
    Path directory = queueDirectory.resolve("spool");
    long now = Micros.of(clock.instant());
    Result first = new SpoolCheck(disk, directory, now, progress).look();
    if (first.damagedPlaces() == 0 && first.badBodies().isEmpty() && first.orphans().isEmpty()) {
      return first;
    }
    // What a daemon wrote, moved or deleted meanwhile looks like damage. Damage is there twice.
    Result second = new SpoolCheck(disk, directory, now, progress).look();
    Map<String, List<String>> before = new HashMap<>();
    first.segments().forEach(each -> before.put(each.name(), each.damaged()));
    return new Result(
        second.segments().stream()
            .map(each -> keeping(each, before.getOrDefault(each.name(), List.of())))
            .toList(),
        second.messages(),
        second.contentBytes(),
        second.badBodies().stream().filter(first.badBodies()::contains).toList(),
        second.orphans().stream().filter(first.orphans()::contains).toList(),
        second.quarantine(),
        second.cut());
  }

  private static SegmentFacts keeping(SegmentFacts facts, List<String> damaged) {
    return new SegmentFacts(
        facts.name(),
        facts.bytes(),
        facts.alive(),
        facts.aliveBytes(),
        facts.dead(),
        facts.damaged().stream().filter(damaged::contains).toList());
  }

  private record Message(
      Counts home,
      long recordBytes,
      long contentBytes,
      int recipients,
      MessageFields.@Nullable ExternalBody body) {
    static Message of(Counts home, RecordHeader header, MessageFields fields) {
      MessageFields.ExternalBody body = fields.body();
      return new Message(
          home,
          header.bytes(),
          body == null ? header.contentLength() : body.size(),
          fields.envelope().recipients().size(),
          body);
    }
  }

  private static final class Counts {
    final String name;
    final List<String> damaged = new ArrayList<>();
    long bytes;
    long messageRecords;
    long alive;
    long aliveBytes;

    Counts(String name) {
      this.name = name;
    }

    void damaged(long from, long to) {
      damaged.add(from + "-" + to);
    }
  }

  private Result look() throws IOException {
    // Before the segments: the message of a body that is listed here is found there, if it is one.
    TreeSet<Long> unclaimed = new TreeSet<>(new Bodies(disk, bodies(), (s, p, t) -> {}).ids());
    segments();
    long contentBytes = 0;
    List<String> badBodies = new ArrayList<>();
    for (Map.Entry<Long, Message> each : messages.entrySet()) {
      Message message = each.getValue();
      contentBytes += message.contentBytes;
      message.home.alive++;
      message.home.aliveBytes += message.recordBytes;
      MessageFields.ExternalBody body = message.body;
      if (body != null) {
        unclaimed.remove(each.getKey());
        String fault = body(each.getKey(), body);
        if (!fault.isEmpty()) {
          badBodies.add(
              bodyName(each.getKey())
                  + " of "
                  + new QueueId(each.getKey()).shortForm()
                  + ": "
                  + fault);
        }
      }
    }
    List<String> orphans =
        unclaimed.stream()
            .filter(id -> id < now - IN_THE_MAKING.toMillis() * 1000)
            .map(SpoolCheck::bodyName)
            .toList();
    List<String> aside = disk.list(directory.resolve("quarantine"));
    return new Result(
        counts.stream().map(SpoolCheck::facts).toList(),
        messages.size(),
        contentBytes,
        badBodies.stream().sorted().toList(),
        orphans,
        aside.stream().filter(Quarantine::isDamage).toList(),
        aside.stream().filter(name -> name.endsWith(Quarantine.TAIL)).toList());
  }

  private static SegmentFacts facts(Counts counts) {
    return new SegmentFacts(
        counts.name,
        counts.bytes,
        counts.alive,
        counts.aliveBytes,
        counts.messageRecords - counts.alive,
        counts.damaged);
  }

  private Path bodies() {
    return directory.resolve("bodies");
  }

  private static String bodyName(long id) {
    return "%016x.body".formatted(id);
  }

  private void segments() throws IOException {
    SegmentFiles files = SegmentFiles.of(disk, directory);
    for (SegmentFiles.Found each : files.all()) {
      try (DiskFile file = disk.openToRead(directory.resolve(each.header().fileName()))) {
        segment(files, each, file);
      } catch (NoSuchFileException _) {
        // A daemon has just deleted it: nothing in it was alive.
      }
    }
  }

  private void segment(SegmentFiles files, SegmentFiles.Found found, DiskFile file)
      throws IOException {
    Counts here = new Counts(found.header().fileName());
    here.bytes = file.size();
    counts.add(here);
    boolean last = files.isNewest(found);
    long limit = files.limit(found, here.bytes);
    long end =
        new SegmentScan(file, found.header().stamp(), limit, true)
            .run(
                new SegmentScan.Visitor() {
                  @Override
                  public void record(RecordHeader header, int offset, byte[] meta) {
                    progress.accept(read + offset);
                    try {
                      apply(here, header, meta);
                    } catch (BadRecordException _) {
                      here.damaged(offset, offset + header.bytes());
                    }
                  }

                  @Override
                  public void damaged(long from, long to) throws IOException {
                    here.damaged(from, to);
                  }
                });
    read += here.bytes;
    // The newest may end in half a record, and begin with half a header: a write under way.
    if (!last && !found.sound()) {
      here.damaged(0, SegmentHeader.BYTES);
    }
    long written = last ? end : SegmentScan.writtenEnd(file, end, limit);
    if (written > end) {
      here.damaged(end, written);
    }
  }

  private void apply(Counts here, RecordHeader header, byte[] meta) throws BadRecordException {
    if (header.type() == RecordType.MESSAGE) {
      MessageFields fields = MessageFields.decode(meta);
      here.messageRecords++;
      messages.put(header.id(), Message.of(here, header, fields));
      return;
    }
    Message known = messages.get(header.id());
    if (known == null) {
      // Void: its message was removed, or is damaged itself.
      return;
    }
    switch (header.type()) {
      case REMOVE -> messages.remove(header.id());
      case STATE -> {
        Progress _ = Progress.decode(meta, known.recipients);
      }
      case SCHEDULE -> {
        Progress.Standing _ = Progress.standing(meta);
      }
      case DONE -> {
        long index = Progress.index(meta);
        if (index < 0 || index >= known.recipients) {
          throw new BadRecordException("DONE of recipient " + index + " of " + known.recipients);
        }
      }
      case HOLD, RELEASE -> {}
      case MESSAGE -> throw new IllegalStateException("handled above");
    }
  }

  /** What is wrong with a body file; empty if nothing is. */
  private String body(long id, MessageFields.ExternalBody body) {
    byte[] block = new byte[BLOCK];
    try (InputStream in =
        new Contents.BodyStream(disk.openToRead(bodies().resolve(bodyName(id))), body)) {
      for (int count = in.read(block); count >= 0; count = in.read(block)) {
        read += count;
        progress.accept(read);
      }
      return "";
    } catch (NoSuchFileException _) {
      return "is missing";
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }
}

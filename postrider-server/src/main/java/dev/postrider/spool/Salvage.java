package dev.postrider.spool;

import dev.postrider.delivery.MessageContent;
import dev.postrider.io.Disk;
import dev.postrider.io.DiskFile;
import dev.postrider.io.RealDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages out of what is damaged: the damaged places of segments, body files that are not
 * what they should be, and what earlier starts set aside. Changes and locks nothing; a daemon may
 * be at work. For one thread. Memory: one damaged place, a segment at most, and some hundred bytes
 * for each message that is found there.
 */
public final class Salvage {
  /** No place is longer, as no segment is. */
  private static final int MOST = 72 << 20;

  private final Disk disk;
  private final Path directory;
  private final LongConsumer progress;
  private final BodyFinds bodies;
  private final List<Place> places = new ArrayList<>();
  private final Map<Long, Candidate> candidates = new TreeMap<>();
  private final Map<Long, History> histories = new HashMap<>();
  private final Map<Long, External> external = new HashMap<>();
  private final List<Fragments.Word> words = new ArrayList<>();
  private final List<String> hopeless = new ArrayList<>();
  private long read;

  private Salvage(Disk disk, Path directory, LongConsumer progress) {
    this.disk = disk;
    this.directory = directory;
    this.progress = progress;
    this.bodies = new BodyFinds(disk, directory, this::count);
  }

  private void count(long bytes) {
    read += bytes;
    progress.accept(read);
  }

  /**
   * What was found.
   *
   * @param remains of messages, oldest first
   * @param hopeless places where no message can be read, for people
   */
  public record Result(List<Remains> remains, List<String> hopeless) {
    public Result {
      remains = List.copyOf(remains);
      hopeless = List.copyOf(hopeless);
    }
  }

  /** Bytes that are no sound records. */
  private record Place(Path file, long from, long to, long stamp, boolean unfinished) {
    /** Whether a file of that name in quarantine has the same bytes. */
    boolean isCopied(String name) {
      return name.equals(file.getFileName() + "." + from + "-" + to);
    }

    String name() {
      return file.getFileName() + ", bytes " + from + "-" + to;
    }
  }

  /** A sound record whose content is in a file of its own. */
  private record External(Path segment, MessageFields fields, MessageFields.ExternalBody body) {}

  private record Candidate(
      String where,
      MessageFields fields,
      List<String> faults,
      MessageContent content,
      boolean unfinished) {
    /** Of two finds of one message the better one counts. */
    boolean isBetterThan(Candidate other) {
      return faults.size() != other.faults.size()
          ? faults.size() < other.faults.size()
          : content.size() > other.content.size();
    }
  }

  /**
   * Looks through the spool of a queue directory.
   *
   * @param progress hears how many bytes were read so far
   */
  public static Result run(Path queueDirectory, LongConsumer progress) throws IOException {
    return run(new RealDisk(), queueDirectory, progress);
  }

  static Result run(Disk disk, Path queueDirectory, LongConsumer progress) throws IOException {
    return new Salvage(disk, queueDirectory.resolve("spool"), progress).look();
  }

  private Result look() throws IOException {
    segments(this::noteExternal, true);
    setAside();
    for (Place place : places) {
      search(place);
    }
    bodyFiles();
    if (!candidates.isEmpty()) {
      candidates.keySet().forEach(id -> histories.put(id, new History(bodies)));
      segments(this::noteHistory, false);
      words.forEach(word -> noteHistory(null, word.header(), word.meta()));
    }
    List<Remains> remains = new ArrayList<>();
    candidates.forEach((id, candidate) -> remains.add(remains(id, candidate)));
    return new Result(remains, hopeless);
  }

  /** Takes a sound record; {@code segment} is null for one within damage. */
  @FunctionalInterface
  private interface Taken {
    void record(@Nullable Path segment, RecordHeader header, byte[] meta);
  }

  private void segments(Taken taken, boolean first) throws IOException {
    SegmentFiles files = SegmentFiles.of(disk, directory);
    for (SegmentFiles.Found each : files.all()) {
      Path path = directory.resolve(each.header().fileName());
      try (DiskFile file = disk.openToRead(path)) {
        segment(files, each, path, file, taken, first);
      } catch (NoSuchFileException _) {
        // A daemon has just deleted it: nothing in it was alive.
      }
    }
  }

  private void segment(
      SegmentFiles files,
      SegmentFiles.Found found,
      Path path,
      DiskFile file,
      Taken taken,
      boolean first)
      throws IOException {
    long stamp = found.header().stamp();
    long limit = files.limit(found, file.size());
    List<Place> here = new ArrayList<>();
    long end =
        new SegmentScan(file, stamp, limit, true)
            .run(
                new SegmentScan.Visitor() {
                  @Override
                  public void record(RecordHeader header, int offset, byte[] meta) {
                    progress.accept(read + offset);
                    taken.record(path, header, meta);
                  }

                  @Override
                  public void damaged(long from, long to) {
                    here.add(new Place(path, from, to, stamp, false));
                  }
                });
    long written = SegmentScan.writtenEnd(file, end, limit);
    if (written > end) {
      // A record may end in zeros.
      here.add(new Place(path, end, limit, stamp, files.isNewest(found)));
    }
    if (first) {
      places.addAll(here);
    }
    read += limit;
  }

  private void noteExternal(@Nullable Path segment, RecordHeader header, byte[] meta) {
    if (header.type() == RecordType.REMOVE) {
      external.remove(header.id());
    } else if (header.type() == RecordType.MESSAGE && segment != null) {
      try {
        MessageFields fields = MessageFields.decode(meta);
        MessageFields.ExternalBody body = fields.body();
        if (body != null) {
          external.put(header.id(), new External(segment, fields, body));
        }
      } catch (BadRecordException _) {
        // Sound by its checksum and still nothing we write: there is nothing to be saved.
      }
    }
  }

  private void noteHistory(@Nullable Path segment, RecordHeader header, byte[] meta) {
    History history = histories.get(header.id());
    Candidate candidate = candidates.get(header.id());
    if (history == null || candidate == null) {
      return;
    }
    history.note(header, meta, candidate.fields.envelope().recipients().size());
  }

  /** The quarantine: copies of damaged bytes, and unclaimed body files. */
  private void setAside() throws IOException {
    Path quarantine = directory.resolve("quarantine");
    for (String name : disk.list(quarantine)) {
      if (places.stream().anyMatch(place -> place.isCopied(name))) {
        continue;
      }
      SegmentHeader segment =
          name.length() > 36 ? SegmentHeader.fromFileName(name.substring(0, 35)) : null;
      if (segment == null) {
        continue;
      }
      Path file = quarantine.resolve(name);
      try (DiskFile in = disk.openToRead(file)) {
        places.add(new Place(file, 0, in.size(), segment.stamp(), name.endsWith(Quarantine.TAIL)));
      } catch (NoSuchFileException _) {
        // One of the unfinished writes that a start forgets.
      }
    }
  }

  private void search(Place place) throws IOException {
    long length = Math.min(place.to - place.from, MOST);
    byte[] bytes = new byte[(int) length];
    try (DiskFile in = disk.openToRead(place.file)) {
      int count = in.read(ByteBuffer.wrap(bytes), place.from);
      if (count < bytes.length) {
        bytes = java.util.Arrays.copyOf(bytes, count);
      }
    } catch (NoSuchFileException _) {
      return;
    }
    count(bytes.length);
    Fragments.Found found = Fragments.in(bytes, place.stamp);
    words.addAll(found.words());
    for (Fragments.Message message : found.messages()) {
      take(place, message);
    }
    if (found.messages().isEmpty() && found.words().isEmpty()) {
      hopeless.add(place.name());
    }
  }

  private void take(Place place, Fragments.Message message) throws IOException {
    List<String> faults = new ArrayList<>();
    if (!message.envelopeIsSound()) {
      faults.add("the envelope is damaged: sender and recipients may be wrong or missing");
    }
    MessageFields.ExternalBody body = message.fields().body();
    MessageContent content;
    if (body != null) {
      content = bodies.best(message.id(), body, faults);
    } else {
      long from = place.from + message.contentFrom();
      content = new FileSlice(disk, place.file, from, message.contentLength());
      if (!message.contentIsSound()) {
        faults.add(fault(message));
      }
    }
    add(
        message.id(),
        new Candidate(place.name(), message.fields(), faults, content, place.unfinished));
  }

  private static String fault(Fragments.Message message) {
    if (message.expectedLength() < 0) {
      return "the content is damaged, and where it ends is a guess";
    }
    return BodyFinds.fault(message.contentLength(), message.expectedLength());
  }

  private void add(long id, Candidate candidate) {
    candidates.merge(id, candidate, (one, other) -> other.isBetterThan(one) ? other : one);
  }

  /** Body files of messages in the queue, and those that nothing names any more. */
  private void bodyFiles() throws IOException {
    for (Map.Entry<Long, External> each : external.entrySet()) {
      External message = each.getValue();
      if (!candidates.containsKey(each.getKey()) && bodies.isBad(each.getKey(), message.body)) {
        List<String> faults = new ArrayList<>();
        MessageContent content = bodies.best(each.getKey(), message.body, faults);
        add(
            each.getKey(),
            new Candidate(
                String.valueOf(message.segment.getFileName()),
                message.fields,
                faults,
                content,
                false));
      }
    }
    Path quarantine = directory.resolve("quarantine");
    for (String name : disk.list(quarantine)) {
      if (name.length() >= 21 && name.startsWith(".body", 16)) {
        orphan(quarantine.resolve(name), name);
      }
    }
  }

  private void orphan(Path file, String name) {
    long id;
    try {
      id = Long.parseUnsignedLong(name, 0, 16, 16);
    } catch (NumberFormatException _) {
      return;
    }
    if (candidates.containsKey(id) || external.containsKey(id)) {
      return;
    }
    long length = bodies.length(file);
    Fragments.Message lost =
        new Fragments.Message(
            id, TornFields.read(new byte[0], 0, 0).fields(), false, 0, (int) length, -1, false);
    add(
        id,
        new Candidate(
            "quarantine/" + name,
            lost.fields(),
            List.of(
                "the envelope is lost: nobody knows sender and recipients",
                "whether the content is whole cannot be told"),
            new FileSlice(disk, file, 0, length),
            name.endsWith(Quarantine.TAIL)));
  }

  private Remains remains(long id, Candidate candidate) {
    History history = histories.getOrDefault(id, new History(bodies));
    MessageFields fields = candidate.fields;
    Instant arrival =
        fields.arrivalMicros() > 0
            ? Micros.instant(fields.arrivalMicros())
            : new QueueId(id).time();
    return new Remains(
        new QueueId(id),
        candidate.where,
        arrival,
        fields.envelope(),
        history.done(fields),
        history.standing(fields, arrival),
        candidate.content,
        candidate.faults,
        history.trace(candidate.unfinished));
  }
}

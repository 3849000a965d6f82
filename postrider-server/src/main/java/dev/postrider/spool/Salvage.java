package dev.postrider.spool;

import dev.postrider.delivery.MessageContent;
import dev.postrider.io.Disk;
import dev.postrider.io.DiskFile;
import dev.postrider.io.RealDisk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
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

  private static final class History {
    boolean inQueue;
    boolean removed;
    Progress progress = new Progress();
    Progress.@Nullable Standing standing;
    boolean held;
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
    bodies();
    if (!candidates.isEmpty()) {
      candidates.keySet().forEach(id -> histories.put(id, new History()));
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
    int recipients = candidate.fields.envelope().recipients().size();
    try {
      switch (header.type()) {
        case MESSAGE -> {
          MessageFields fields = MessageFields.decode(meta);
          history.inQueue = fields.body() == null || !isBad(header.id(), fields.body());
        }
        case REMOVE -> {
          history.removed = true;
          history.inQueue = false;
        }
        case STATE -> {
          Progress.Standing standing = Progress.standing(meta);
          history.standing = standing;
          history.held = standing.held();
          history.progress = Progress.decode(meta, recipients);
        }
        case DONE -> {
          long index = Progress.index(meta);
          if (index >= 0 && index < recipients) {
            boolean _ = history.progress.done((int) index);
          }
        }
        case HOLD -> history.held = true;
        case RELEASE -> history.held = false;
        case SCHEDULE -> {
          // When it was to be tried next does not matter any more.
        }
      }
    } catch (BadRecordException _) {
      // Of another message than what is left suggests: it has no say.
    }
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
    read += bytes.length;
    progress.accept(read);
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
      content = body(message.id(), body, faults);
    } else {
      long from = place.from + message.contentFrom();
      content = new Slice(disk, place.file, from, message.contentLength());
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
    return message.contentLength() < message.expectedLength()
        ? "the content is cut: %d of %d bytes are there, some perhaps damaged"
            .formatted(message.contentLength(), message.expectedLength())
        : "the content is damaged somewhere in its %d bytes".formatted(message.contentLength());
  }

  private void add(long id, Candidate candidate) {
    candidates.merge(id, candidate, (one, other) -> other.isBetterThan(one) ? other : one);
  }

  /** Body files of messages in the queue, and those that nothing names any more. */
  private void bodies() throws IOException {
    for (Map.Entry<Long, External> each : external.entrySet()) {
      External message = each.getValue();
      if (!candidates.containsKey(each.getKey()) && isBad(each.getKey(), message.body)) {
        List<String> faults = new ArrayList<>();
        MessageContent content = body(each.getKey(), message.body, faults);
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
    long length = length(file);
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
            new Slice(disk, file, 0, length),
            name.endsWith(Quarantine.TAIL)));
  }

  private long length(Path file) {
    try (DiskFile in = disk.openToRead(file)) {
      return in.size();
    } catch (IOException _) {
      return 0;
    }
  }

  private List<Path> bodyFiles(long id) {
    String name = "%016x.body".formatted(id);
    return List.of(
        directory.resolve("bodies").resolve(name),
        directory.resolve("quarantine").resolve(name),
        directory.resolve("quarantine").resolve(name + Quarantine.TAIL));
  }

  private boolean isBad(long id, MessageFields.ExternalBody body) {
    return !isSound(bodyFiles(id).getFirst(), body);
  }

  private boolean isSound(Path file, MessageFields.ExternalBody body) {
    byte[] block = new byte[64 << 10];
    try (InputStream in = new Contents.BodyStream(disk.openToRead(file), body)) {
      for (int count = in.read(block); count >= 0; count = in.read(block)) {
        read += count;
        progress.accept(read);
      }
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  /** The best there is of a body file; adds what is wrong with it. */
  private MessageContent body(long id, MessageFields.ExternalBody body, List<String> faults) {
    Slice longest = new Slice(disk, bodyFiles(id).getFirst(), 0, 0);
    for (Path file : bodyFiles(id)) {
      if (isSound(file, body)) {
        return new Slice(disk, file, 0, body.size());
      }
      long length = Math.min(length(file), body.size());
      if (length > longest.size()) {
        longest = new Slice(disk, file, 0, length);
      }
    }
    faults.add(
        longest.size() < body.size()
            ? "the content is cut: %d of %d bytes are there, some perhaps damaged"
                .formatted(longest.size(), body.size())
            : "the content is damaged somewhere in its %d bytes".formatted(body.size()));
    return longest;
  }

  private Remains remains(long id, Candidate candidate) {
    History history = histories.getOrDefault(id, new History());
    MessageFields fields = candidate.fields;
    MessageFields.Past past = fields.past();
    Progress.Standing standing =
        history.standing == null && past != null ? past.standing() : history.standing;
    int recipients = fields.envelope().recipients().size();
    BitSet done = new BitSet(recipients);
    done.set(0, recipients);
    history.progress.pending(recipients).forEach(each -> done.clear(each.index()));
    if (past != null && history.standing == null) {
      BitSet before = new BitSet(recipients);
      before.set(0, recipients);
      past.progress().pending(recipients).forEach(each -> before.clear(each.index()));
      done.or(before);
    }
    Instant arrival =
        fields.arrivalMicros() > 0
            ? Micros.instant(fields.arrivalMicros())
            : new QueueId(id).time();
    boolean held =
        history.held || (history.standing == null && past != null && past.standing().held());
    return new Remains(
        new QueueId(id),
        candidate.where,
        arrival,
        fields.envelope(),
        done,
        standing == null
            ? new Remains.Standing(held, false, 0, arrival)
            : new Remains.Standing(
                held,
                standing.expired(),
                Math.max(0, standing.attempts()),
                Micros.instant(standing.nextAttemptMicros())),
        candidate.content,
        candidate.faults,
        trace(history, candidate));
  }

  private static Remains.Trace trace(History history, Candidate candidate) {
    if (history.inQueue) {
      return Remains.Trace.IN_QUEUE;
    }
    if (history.removed) {
      return Remains.Trace.REMOVED;
    }
    return candidate.unfinished ? Remains.Trace.UNFINISHED : Remains.Trace.LOST;
  }

  /** A part of a file, read as it is. */
  private record Slice(Disk disk, Path file, long from, long size) implements MessageContent {
    @Override
    public InputStream open() throws IOException {
      if (size == 0) {
        return InputStream.nullInputStream();
      }
      return new Stream(disk.openToRead(file), from, size);
    }

    private static final class Stream extends InputStream {
      private final DiskFile in;
      private long position;
      private final long end;

      Stream(DiskFile in, long from, long size) {
        this.in = in;
        this.position = from;
        this.end = from + size;
      }

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override
      public int read(byte[] into, int at, int length) throws IOException {
        int wanted = (int) Math.min(length, end - position);
        int count = wanted == 0 ? 0 : in.read(ByteBuffer.wrap(into, at, wanted), position);
        position += count;
        return count == 0 && length > 0 ? -1 : count;
      }

      @Override
      public void close() throws IOException {
        in.close();
      }
    }
  }
}

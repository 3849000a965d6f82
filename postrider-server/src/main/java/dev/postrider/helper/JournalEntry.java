package dev.postrider.helper;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What an append that is under way would have to be undone by. Immutable.
 *
 * @param file what is appended to
 * @param uid whose rights the append has
 * @param gid the group it has
 * @param groups the supplementary groups it has
 * @param mark the mark of the lock file that is taken or to be taken, or null if there is none
 * @param tail what is being written, or null while nothing is
 */
record JournalEntry(
    Path file, long uid, long gid, List<Long> groups, @Nullable Path mark, @Nullable Tail tail) {
  private static final int LARGEST = 1 << 20;
  private static final int MOST_GROUPS = 65_536;

  /** A file by the kernel's numbers. */
  record FileId(long device, long inode) {}

  /**
   * The end of the file.
   *
   * @param id the file that was opened
   * @param length what it had before
   * @param head what is written first
   * @param whole whether that is all of it
   */
  record Tail(FileId id, long length, ByteBuffer head, boolean whole) {
    static Tail of(FileId id, long length, byte[] head, boolean whole) {
      return new Tail(id, length, ByteBuffer.wrap(head).asReadOnlyBuffer(), whole);
    }

    byte[] headBytes() {
      byte[] bytes = new byte[head.remaining()];
      head.duplicate().get(bytes);
      return bytes;
    }
  }

  JournalEntry {
    groups = List.copyOf(groups);
  }

  JournalEntry withMark(Path lock) {
    return new JournalEntry(file, uid, gid, groups, lock, tail);
  }

  JournalEntry withTail(Tail written) {
    return new JournalEntry(file, uid, gid, groups, mark, written);
  }

  /**
   * As it stands on disk: two records of length, checksum and fields. What is in the first does not
   * change while an append is under way, so writing a tail over its absence, however a kill cuts
   * that short, leaves the first as it was: the lock that the append holds stays known.
   */
  byte[] encoded() {
    try {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(all);
      writeRecord(out, this::writePlace);
      Tail written = tail;
      writeRecord(out, written == null ? _ -> {} : fields -> writeTail(fields, written));
      return all.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @FunctionalInterface
  private interface Fields {
    void writeTo(DataOutputStream out) throws IOException;
  }

  private static void writeRecord(DataOutputStream out, Fields fields) throws IOException {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    fields.writeTo(new DataOutputStream(octets));
    byte[] body = octets.toByteArray();
    out.writeInt(body.length);
    out.writeLong(checksum(body));
    out.write(body);
  }

  private void writePlace(DataOutputStream out) throws IOException {
    writePath(out, file);
    out.writeLong(uid);
    out.writeLong(gid);
    out.writeInt(groups.size());
    for (long group : groups) {
      out.writeLong(group);
    }
    Path lock = mark;
    out.writeBoolean(lock != null);
    if (lock != null) {
      writePath(out, lock);
    }
  }

  private static void writeTail(DataOutputStream out, Tail written) throws IOException {
    writeId(out, written.id());
    out.writeLong(written.length());
    out.writeBoolean(written.whole());
    out.writeInt(written.head().remaining());
    out.write(written.headBytes());
  }

  private static void writePath(DataOutputStream out, Path path) throws IOException {
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    out.writeInt(name.length);
    out.write(name);
  }

  private static void writeId(DataOutputStream out, FileId id) throws IOException {
    out.writeLong(id.device());
    out.writeLong(id.inode());
  }

  /**
   * From a file of the journal. Without its tail if that is not whole: then nothing was written to
   * the mailbox yet.
   *
   * @return empty if not even the place is whole: then no lock was taken either
   */
  static Optional<JournalEntry> decode(byte[] octets) {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(octets));
    try {
      Optional<byte[]> place = record(in);
      if (place.isEmpty()) {
        return Optional.empty();
      }
      JournalEntry entry = place(new DataInputStream(new ByteArrayInputStream(place.get())));
      Optional<byte[]> tail = record(in).filter(body -> body.length > 0);
      return Optional.of(
          tail.isEmpty()
              ? entry
              : entry.withTail(tail(new DataInputStream(new ByteArrayInputStream(tail.get())))));
    } catch (IOException | InvalidPathException _) {
      return Optional.empty();
    }
  }

  /** Empty if it is not whole. */
  private static Optional<byte[]> record(DataInputStream in) throws IOException {
    try {
      int length = in.readInt();
      if (length < 0 || length > LARGEST) {
        return Optional.empty();
      }
      long checksum = in.readLong();
      byte[] body = in.readNBytes(length);
      return body.length < length || checksum(body) != checksum
          ? Optional.empty()
          : Optional.of(body);
    } catch (EOFException _) {
      return Optional.empty();
    }
  }

  private static JournalEntry place(DataInputStream in) throws IOException {
    Path file = path(in);
    long uid = in.readLong();
    long gid = in.readLong();
    int count = Math.min(in.readInt(), MOST_GROUPS);
    List<Long> groups = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      groups.add(in.readLong());
    }
    Path lock = in.readBoolean() ? path(in) : null;
    return new JournalEntry(file, uid, gid, groups, lock, null);
  }

  private static Tail tail(DataInputStream in) throws IOException {
    FileId id = id(in);
    long length = in.readLong();
    boolean whole = in.readBoolean();
    return Tail.of(id, length, in.readNBytes(in.readInt()), whole);
  }

  private static Path path(DataInputStream in) throws IOException {
    return Path.of(new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8));
  }

  private static FileId id(DataInputStream in) throws IOException {
    return new FileId(in.readLong(), in.readLong());
  }

  private static long checksum(byte[] body) {
    CRC32C sum = new CRC32C();
    sum.update(body);
    return sum.getValue();
  }
}

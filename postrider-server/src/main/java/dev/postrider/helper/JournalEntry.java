package dev.postrider.helper;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
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

  /** As it stands on disk: length, checksum, fields. */
  byte[] encoded() {
    try {
      ByteArrayOutputStream fields = new ByteArrayOutputStream();
      writeFields(new DataOutputStream(fields));
      byte[] body = fields.toByteArray();
      ByteArrayOutputStream all = new ByteArrayOutputStream(body.length + 12);
      DataOutputStream out = new DataOutputStream(all);
      out.writeInt(body.length);
      out.writeLong(checksum(body));
      out.write(body);
      return all.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void writeFields(DataOutputStream out) throws IOException {
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
    Tail written = tail;
    out.writeBoolean(written != null);
    if (written != null) {
      writeId(out, written.id());
      out.writeLong(written.length());
      out.writeBoolean(written.whole());
      out.writeInt(written.head().remaining());
      out.write(written.headBytes());
    }
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
   * From a file of the journal.
   *
   * @return empty if it is not whole: then nothing was written to the mailbox yet
   */
  static Optional<JournalEntry> decode(byte[] octets) {
    try {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(octets));
      int length = in.readInt();
      if (length < 0 || length > LARGEST) {
        return Optional.empty();
      }
      long checksum = in.readLong();
      byte[] body = in.readNBytes(length);
      if (body.length < length || checksum(body) != checksum) {
        return Optional.empty();
      }
      return Optional.of(fields(new DataInputStream(new ByteArrayInputStream(body))));
    } catch (IOException | InvalidPathException _) {
      return Optional.empty();
    }
  }

  private static JournalEntry fields(DataInputStream in) throws IOException {
    Path file = path(in);
    long uid = in.readLong();
    long gid = in.readLong();
    int count = Math.min(in.readInt(), MOST_GROUPS);
    List<Long> groups = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      groups.add(in.readLong());
    }
    Path lock = in.readBoolean() ? path(in) : null;
    Tail tail = null;
    if (in.readBoolean()) {
      FileId id = id(in);
      long length = in.readLong();
      boolean whole = in.readBoolean();
      tail = Tail.of(id, length, in.readNBytes(in.readInt()), whole);
    }
    return new JournalEntry(file, uid, gid, groups, lock, tail);
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

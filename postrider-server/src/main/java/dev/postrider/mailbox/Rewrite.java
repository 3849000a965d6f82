package dev.postrider.mailbox;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Changes the content of an mbox in place, so that its owner, rights, links and whoever has it open
 * stay what they are, and so that mail survives when this program is killed at any moment. For one
 * thread that holds the mailbox's lock.
 *
 * <p>First all that will be written, the mail that has just arrived included, goes to a journal
 * beside the mailbox and is forced; then the mailbox is made as long as it will be, written,
 * forced, cut, and the journal deleted. Whoever opens the mailbox next finishes what was begun:
 *
 * <table>
 * <caption>What a journal found at the start means</caption>
 * <tr><td>it grows, and has its old length or new mail behind that</td><td>not begun: drop it</td></tr>
 * <tr><td>it grows, and is filled up to its new length</td><td>write again</td></tr>
 * <tr><td>it shrinks, and its old end is there</td><td>write again, with mail behind the old end</td></tr>
 * <tr><td>it shrinks, and its old end is not there</td><td>all done but the deleting</td></tr>
 * </table>
 *
 * <p>Every block of the mailbox that is written must be either the old or the new one; if another
 * program has been there in between, nothing is touched and both files are named.
 */
final class Rewrite {
  /** What a disk writes whole. */
  private static final int BLOCK = 512;

  private static final int CHUNK = 1 << 16;
  private static final long MAGIC = 0x505254524d424f58L;

  private final Path mailbox;
  private final Storage storage;
  private final Path journal;

  /**
   * @param journal beside the mailbox, or where {@link RewriteJournals} says
   */
  Rewrite(Path mailbox, Storage storage, Path journal) {
    this.mailbox = mailbox;
    this.storage = storage;
    this.journal = journal;
  }

  /**
   * What a journal says of itself.
   *
   * @param from the first octet that changes
   * @param before the length of the mailbox
   * @param after its length when all is done
   * @param endMark checksum of the old octets behind {@code after}, if it shrinks
   */
  private record Head(long from, long before, long after, int endMark) {
    static final int SIZE = 8 + 3 * 8 + 4;

    /** Blocks that are overwritten. */
    long blocks() {
      long end = Math.min(before, after);
      return end <= from ? 0 : (end - 1) / BLOCK - from / BLOCK + 1;
    }

    long data() {
      return SIZE + blocks() * 4;
    }
  }

  /** Gives the mailbox this content. */
  void run(List<Piece> pieces) throws IOException {
    List<Piece> rest = new ArrayList<>(Piece.joined(pieces));
    long from = 0;
    if (!rest.isEmpty()
        && rest.getFirst() instanceof Piece.Copy(long offset, long length)
        && offset == 0) {
      from = length;
      rest.removeFirst();
    }
    long before = storage.size();
    long after = from + rest.stream().mapToLong(Piece::length).sum();
    if (from == before && rest.isEmpty()) {
      return;
    }
    Head head = new Head(from, before, after, mark(Math.min(after, before), before));
    record(
        head,
        out -> {
          for (Piece piece : rest) {
            piece.writeTo(storage, out);
          }
        });
    apply(head);
  }

  /** Finishes what a program that was killed had begun. */
  void recover() throws IOException {
    Head head;
    try (DataInputStream in = new DataInputStream(Files.newInputStream(journal))) {
      head = read(in);
    }
    long size = storage.size();
    if (size < Math.min(head.before, head.after)) {
      throw strange();
    }
    requireOldOrNew(head);
    boolean begun =
        head.after > head.before
            ? size >= head.after && isFilled(head)
            : size >= head.before && mark(head.after, head.before) == head.endMark;
    if (!begun) {
      // Or all done but this.
      Files.delete(journal);
      return;
    }
    if (head.after < head.before && size > head.before) {
      long arrived = size - head.before;
      // Mail behind the old end belongs behind the new one: that is another rewrite.
      long end = head.after + arrived;
      Head next = new Head(head.from, size, end, mark(end, size));
      try (FileChannel old = FileChannel.open(journal)) {
        Piece data = new Piece.Copy(head.data(), head.after - head.from);
        record(
            next,
            out -> {
              data.writeTo(new Storage.Channel(old), out);
              new Piece.Copy(head.before, arrived).writeTo(storage, out);
            });
      }
      apply(next);
      return;
    }
    apply(head);
  }

  /** What a journal carries. */
  private interface Data {
    void writeTo(OutputStream out) throws IOException;
  }

  private void record(Head head, Data data) throws IOException {
    Path fresh = Path.of(journal + ".new");
    // Left by a program that was killed before it had changed anything.
    Files.deleteIfExists(fresh);
    try (FileChannel channel = RewriteJournals.create(fresh);
        DataOutputStream out =
            new DataOutputStream(
                new BufferedOutputStream(Channels.newOutputStream(channel), CHUNK))) {
      begin(head, out);
      data.writeTo(out);
      RewriteJournals.handOver(fresh, mailbox);
      out.flush();
      channel.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(fresh);
      throw e;
    }
    Files.move(fresh, journal, StandardCopyOption.ATOMIC_MOVE);
    RewriteJournals.forceDirectory(journal);
  }

  private void begin(Head head, DataOutputStream out) throws IOException {
    out.writeLong(MAGIC);
    out.writeLong(head.from);
    out.writeLong(head.before);
    out.writeLong(head.after);
    out.writeInt(head.endMark);
    long end = Math.min(head.before, head.after);
    for (long at = head.from; at < end; ) {
      int length = (int) (Math.min(end, (at / BLOCK + 1) * BLOCK) - at);
      out.writeInt(mark(storage.read(at, length)));
      at += length;
    }
  }

  private Head read(DataInputStream in) throws IOException {
    if (in.readLong() != MAGIC) {
      throw strange();
    }
    Head head = new Head(in.readLong(), in.readLong(), in.readLong(), in.readInt());
    boolean sound =
        head.from >= 0
            && head.before >= head.from
            && head.after >= head.from
            && Files.size(journal) == head.data() + head.after - head.from;
    if (!sound) {
      throw strange();
    }
    return head;
  }

  /** The steps that change the mailbox; each may be done twice. */
  private void apply(Head head) throws IOException {
    try {
      if (head.after > head.before && storage.size() < head.after) {
        // One step, so that mail which comes after a crash is behind the new end or before it.
        storage.write(head.after - 1, new byte[1], 1);
        storage.force();
      }
      try (InputStream data = data(head)) {
        byte[] chunk = new byte[CHUNK];
        long at = head.from;
        for (int got = data.readNBytes(chunk, 0, CHUNK);
            got > 0;
            got = data.readNBytes(chunk, 0, CHUNK)) {
          storage.write(at, chunk, got);
          at += got;
        }
      }
      storage.force();
      if (head.after < head.before) {
        storage.truncate(head.after);
        storage.force();
      }
    } catch (IOException e) {
      throw new MailboxException(
          mailbox
              + ": writing it was cut short ("
              + e.getMessage()
              + "); nothing is lost: "
              + journal
              + " holds the rest, and mail(1) puts it in place when it next opens the mailbox");
    }
    Files.delete(journal);
  }

  private InputStream data(Head head) throws IOException {
    InputStream in = Files.newInputStream(journal);
    in.skipNBytes(head.data());
    return in;
  }

  /** Whether what lies behind the old end is filling or new content, and not mail. */
  private boolean isFilled(Head head) throws IOException {
    try (InputStream data = data(head)) {
      data.skipNBytes(head.before - head.from);
      for (long at = head.before; at < head.after; ) {
        int length = (int) (Math.min(head.after, (at / BLOCK + 1) * BLOCK) - at);
        byte[] found = storage.read(at, length);
        byte[] wanted = data.readNBytes(length);
        if (!Arrays.equals(found, wanted) && !Arrays.equals(found, new byte[length])) {
          return false;
        }
        at += length;
      }
    }
    return true;
  }

  private void requireOldOrNew(Head head) throws IOException {
    try (InputStream data = data(head);
        DataInputStream marks =
            new DataInputStream(new BufferedInputStream(Files.newInputStream(journal)))) {
      marks.skipNBytes(Head.SIZE);
      long end = Math.min(head.before, head.after);
      for (long at = head.from; at < end; ) {
        int length = (int) (Math.min(end, (at / BLOCK + 1) * BLOCK) - at);
        byte[] found = storage.read(at, length);
        byte[] wanted = data.readNBytes(length);
        int old = marks.readInt();
        if (mark(found) != old && !Arrays.equals(found, wanted)) {
          throw strange();
        }
        at += length;
      }
    }
  }

  private MailboxException strange() {
    return new MailboxException(
        mailbox
            + ": writing it was cut short earlier, and another program has changed it since; compare"
            + " it with "
            + journal
            + " and move that file away");
  }

  private int mark(long from, long end) throws IOException {
    CRC32C sum = new CRC32C();
    for (long at = from; at < end; ) {
      byte[] bytes = storage.read(at, (int) Math.min(CHUNK, end - at));
      if (bytes.length == 0) {
        break;
      }
      sum.update(bytes);
      at += bytes.length;
    }
    return (int) sum.getValue();
  }

  private static int mark(byte[] bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes);
    return (int) sum.getValue();
  }
}

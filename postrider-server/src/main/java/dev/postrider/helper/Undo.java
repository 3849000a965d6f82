package dev.postrider.helper;

import dev.postrider.io.AppendedFile;
import dev.postrider.io.FileFacts;
import dev.postrider.io.PinnedFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes back an append that a killed process left half done. Runs with the rights of the thread
 * that asks, which are to be those of the append. Stateless.
 *
 * <p>Only what is surely its own is cut off: another program may have added a message since, for
 * which half a message before it is a small price.
 */
final class Undo {
  /** The line before a message of an mbox, wherever it begins: before it half a line may stand. */
  private static final Pattern MESSAGE =
      Pattern.compile("From \\S+ [^\\n]{0,80}\\d\\d:\\d\\d:\\d\\d");

  private static final byte[] FROM = "From ".getBytes(StandardCharsets.ISO_8859_1);
  private static final int PIECE = 65_536;

  /** Octets of one piece that are looked at again with the next. */
  private static final int OVERLAP = 512;

  private Undo() {}

  /** How it went. */
  sealed interface Outcome {
    /** There was nothing to undo. */
    record Nothing() implements Outcome {}

    /** The file is as it was before the append. */
    record Done(long octets) implements Outcome {}

    /** It stays as it is; somebody may want to look. */
    record Left(String why) implements Outcome {}

    /** Not now: somebody has the file. */
    record Later(String why) implements Outcome {}
  }

  static Outcome undo(JournalEntry entry, MailboxRules rules, InstantSource clock)
      throws IOException, InterruptedException {
    Path file = entry.file();
    Path mark = entry.mark();
    Optional<Dotlock> held = mark == null ? Optional.empty() : Dotlock.left(file, mark);
    JournalEntry.@Nullable Tail tail = entry.tail();
    if (tail == null) {
      release(held);
      return new Outcome.Nothing();
    }
    if (held.isEmpty() && mark != null) {
      return undoWithNewLock(entry, tail, rules, clock);
    }
    Outcome outcome = undoLocked(file, tail);
    if (!(outcome instanceof Outcome.Later)) {
      release(held);
    }
    return outcome;
  }

  /** The old lock was taken to be left over, and removed; or the append was through already. */
  private static Outcome undoWithNewLock(
      JournalEntry entry, JournalEntry.Tail tail, MailboxRules rules, InstantSource clock)
      throws IOException, InterruptedException {
    Path file = entry.file();
    try (var _ = Dotlock.take(file, Dotlock.newMark(file), rules, clock)) {
      return undoLocked(file, tail);
    } catch (FileAlreadyExistsException e) {
      return new Outcome.Later(Trouble.reason(e));
    }
  }

  private static void release(Optional<Dotlock> held) throws IOException {
    if (held.isPresent()) {
      held.get().close();
    }
  }

  private static Outcome undoLocked(Path file, JournalEntry.Tail tail) throws IOException {
    Path real;
    try {
      real = file.toRealPath();
    } catch (IOException e) {
      return new Outcome.Left("it is gone: " + Trouble.reason(e));
    }
    try (PinnedFile reading = PinnedFile.open(real);
        AppendedFile writing = AppendedFile.open(real)) {
      if (!isThat(reading.facts(), tail.id()) || !isThat(writing.facts(), tail.id())) {
        return new Outcome.Left("another program has put another file in its place");
      }
      // The lock is lost when either is closed, so it is taken when both are open.
      try (FileLock lock = writing.channel().tryLock()) {
        if (lock == null) {
          return new Outcome.Later("another program has locked it");
        }
        return cut(reading.channel(), writing.channel(), tail);
      }
    }
  }

  private static boolean isThat(FileFacts facts, JournalEntry.FileId id) {
    return facts.device() == id.device() && facts.inode() == id.inode();
  }

  private static Outcome cut(FileChannel reading, FileChannel writing, JournalEntry.Tail tail)
      throws IOException {
    long more = writing.size() - tail.length();
    if (more <= 0) {
      return new Outcome.Nothing();
    }
    byte[] head = tail.headBytes();
    if (!beginsAsWritten(reading, tail.length(), head, more)) {
      return new Outcome.Left("what was written is no longer at its end");
    }
    boolean behind = more > head.length;
    if (behind && (tail.whole() || hasOtherMessage(reading, tail.length(), head))) {
      return new Outcome.Left("something was added since");
    }
    writing.truncate(tail.length());
    writing.force(true);
    return new Outcome.Done(more);
  }

  private static boolean beginsAsWritten(FileChannel reading, long begin, byte[] head, long more)
      throws IOException {
    int length = (int) Math.min(more, head.length);
    ByteBuffer found = ByteBuffer.allocate(length);
    while (found.hasRemaining()) {
      if (reading.read(found, begin + found.position()) < 0) {
        return false;
      }
    }
    return Arrays.equals(found.array(), 0, length, head, 0, length);
  }

  /** Whether behind the head a message begins, or one might without a line of that kind. */
  private static boolean hasOtherMessage(FileChannel reading, long begin, byte[] head)
      throws IOException {
    if (!startsWithFrom(head)) {
      return true;
    }
    reading.position(begin + head.length);
    // Not closed: its channel is the caller's.
    InputStream in = new BufferedInputStream(Channels.newInputStream(reading), PIECE);
    String before = new String(head, StandardCharsets.ISO_8859_1);
    before = before.substring(Math.max(FROM.length, before.length() - OVERLAP));
    for (byte[] piece = in.readNBytes(PIECE); piece.length > 0; piece = in.readNBytes(PIECE)) {
      String text = before + new String(piece, StandardCharsets.ISO_8859_1);
      if (MESSAGE.matcher(text).find()) {
        return true;
      }
      before = text.substring(Math.max(0, text.length() - OVERLAP));
    }
    return false;
  }

  private static boolean startsWithFrom(byte[] head) {
    return head.length >= FROM.length && Arrays.equals(head, 0, FROM.length, FROM, 0, FROM.length);
  }
}

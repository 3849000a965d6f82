package dev.postrider.mailbox;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Adds messages to a mailbox that is not open: all or none, forced before it counts. Functions
 * only, safe in different processes.
 */
public final class FolderFile {
  /** Something to be written. */
  @FunctionalInterface
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private FolderFile() {}

  /**
   * Appends to an mbox, or makes one that only this user may read.
   *
   * @param content whole messages as an mbox has them, see {@link #copy}
   * @throws MailboxException if another program does not let go of it
   */
  public static void append(Path file, Content content) throws IOException, InterruptedException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      if (!file.startsWith("/dev")) {
        throw new MailboxException(file + ": not a regular file");
      }
      // /dev/null and its like: nothing to lock, force or cut back.
      try (OutputStream out = Files.newOutputStream(file)) {
        content.writeTo(out);
      }
      return;
    }
    try (FileChannel channel =
            FileChannel.open(
                file,
                Set.of(
                    StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rw-------")));
        MboxLock _ = MboxLock.take(file, channel, true)) {
      long before = channel.size();
      try {
        channel.position(before);
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
        out.write(gap(channel, before));
        content.writeTo(out);
        out.flush();
        channel.force(true);
      } catch (IOException e) {
        channel.truncate(before);
        channel.force(true);
        throw e;
      }
    }
  }

  /**
   * Writes a message of a mailbox as an mbox has it: separator line, header with the status,
   * content, empty line.
   */
  public static void copy(Mailbox from, Letter letter, ReadStatus status, OutputStream out)
      throws IOException {
    out.write((from.separator(letter).line() + "\n").getBytes(StandardCharsets.ISO_8859_1));
    StatusField field;
    try (InputStream message = from.open(letter)) {
      field = StatusField.find(message);
    }
    try (InputStream message = from.open(letter)) {
      byte[] head = message.readNBytes((int) field.before());
      message.skipNBytes(field.after() - field.before());
      InputStream all =
          new SequenceInputStream(
              new ByteArrayInputStream(head),
              new SequenceInputStream(new ByteArrayInputStream(field.text(status)), message));
      if (from instanceof Mbox) {
        MboxText.copyAsItIs(all, out);
      } else {
        MboxText.copy(all, out);
      }
    }
  }

  /** Writes a message that was edited as an mbox has it. */
  public static void copy(Separator separator, byte[] content, ReadStatus status, OutputStream out)
      throws IOException {
    out.write((separator.line() + "\n").getBytes(StandardCharsets.ISO_8859_1));
    MboxText.copy(new ByteArrayInputStream(StatusField.put(content, status)), out);
  }

  /** What parts new messages from a file that does not end as an mbox does. */
  private static byte[] gap(FileChannel channel, long size) throws IOException {
    byte[] last = new Slice(channel, Math.max(0, size - 2), size).readNBytes(2);
    int newlines = 0;
    for (int i = last.length - 1; i >= 0 && last[i] == '\n'; i--) {
      newlines++;
    }
    return "\n".repeat(size == 0 ? 0 : 2 - newlines).getBytes(StandardCharsets.US_ASCII);
  }
}

package dev.postrider.pickup;

import dev.postrider.config.Config;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The submitter's side of local submission: a file in the maildrop directory, or where that cannot
 * be written, the daemon's socket. Runs with the submitter's rights. Safe on any thread.
 *
 * @param directory the maildrop directory
 * @param socket where a running daemon takes submissions
 * @param sizeLimit of a maildrop file in bytes, zero for none; as with Postfix the head counts too
 */
public record Maildrop(Path directory, Path socket, long sizeLimit) {
  private static final int BUFFER = 64 * 1024;
  private static final int ADDED_LATER = 1024;
  private static final int MAX_NAMES = 10_000;

  /** The maildrop a configuration names. */
  public static Maildrop of(Config config) {
    Path queue = Path.of(config.text("queue_directory"));
    return new Maildrop(
        queue.resolve("maildrop"),
        queue.resolve("public").resolve("pickup"),
        sizeLimit(config.size("message_size_limit")));
  }

  /**
   * Leaves room for what intake adds (Received, Date, From ...): a message that was called stored
   * must not be found too big afterwards, when its sender no longer listens.
   */
  private static long sizeLimit(long messageSizeLimit) {
    return messageSizeLimit > 2 * ADDED_LATER ? messageSizeLimit - ADDED_LATER : messageSizeLimit;
  }

  /**
   * Hands a message over. Returns {@code Stored} only when it is forced to disk.
   *
   * @param content read to its end unless something fails before
   * @throws IOException only if reading {@code content} failed; then nothing is stored
   */
  HandedOver handOver(MaildropHeader header, InputStream content) throws IOException {
    Opened opened;
    try {
      opened = create();
    } catch (IOException e) {
      return bySocket(header, content, e);
    }
    HandedOver outcome = new HandedOver.Failed("interrupted");
    try (FileChannel channel = opened.channel()) {
      outcome = write(channel, opened.file(), header, content);
    } finally {
      if (!(outcome instanceof HandedOver.Stored)) {
        Files.deleteIfExists(opened.file());
      }
    }
    return outcome;
  }

  private record Opened(Path file, FileChannel channel) {}

  private Opened create() throws IOException {
    for (int counter = 0; ; counter++) {
      Path file = directory.resolve(ProcessHandle.current().pid() + "." + counter);
      try {
        FileChannel channel =
            FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        // Whatever the caller's umask: the directory's group must be able to read it, others not.
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        return new Opened(file, channel);
      } catch (FileAlreadyExistsException e) {
        if (counter == MAX_NAMES) {
          throw e;
        }
      }
    }
  }

  private HandedOver write(
      FileChannel channel, Path file, MaildropHeader header, InputStream content)
      throws IOException {
    String name = String.valueOf(file.getFileName());
    byte[] trailer = MaildropHeader.trailer(name);
    // In whole blocks of 512 bytes, as the script's ulimit has it: both refuse the same messages.
    long room = sizeLimit == 0 ? Long.MAX_VALUE : sizeLimit - sizeLimit % 512 - trailer.length;
    byte[] head = header.bytes();
    long size = head.length;
    String failure = put(channel, head, head.length);
    byte[] buffer = new byte[BUFFER];
    for (int count = content.read(buffer);
        count >= 0 && size <= room && failure.isEmpty();
        count = content.read(buffer)) {
      size += count;
      if (size <= room) {
        failure = put(channel, buffer, count);
      }
    }
    if (size > room) {
      return new HandedOver.TooBig();
    }
    if (failure.isEmpty() && !Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      // Without its last line nobody has taken it: it was removed, and nothing would be stored.
      failure = "queue file write error: " + file + " was removed";
    }
    if (failure.isEmpty()) {
      failure = put(channel, trailer, trailer.length);
    }
    if (failure.isEmpty()) {
      failure = force(channel, file);
    }
    return failure.isEmpty() ? new HandedOver.Stored(name) : new HandedOver.Failed(failure);
  }

  /** Writes; empty if that went well, else why not. Apart, as reading has failures of its own. */
  private static String put(FileChannel channel, byte[] bytes, int count) {
    try {
      ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      return "";
    } catch (IOException e) {
      return "queue file write error: " + e.getMessage();
    }
  }

  private static String force(FileChannel channel, Path file) {
    try {
      channel.force(true);
      return "";
    } catch (IOException e) {
      // The daemon may have taken it already; then its own force counts.
      return Files.exists(file) ? "queue file write error: " + e.getMessage() : "";
    }
  }

  private HandedOver bySocket(MaildropHeader header, InputStream content, IOException cause)
      throws IOException {
    if (Files.exists(socket)) {
      return PickupClient.handOver(this, header, content);
    }
    return new HandedOver.Failed(
        "cannot write to " + directory + ": " + reason(cause) + remedy(cause));
  }

  private static String reason(IOException cause) {
    return switch (cause) {
      case NoSuchFileException _ -> "No such directory";
      case AccessDeniedException _ -> "Permission denied";
      case FileSystemException e when e.getReason() != null -> e.getReason();
      default -> String.valueOf(cause.getMessage());
    };
  }

  private static String remedy(IOException cause) {
    return cause instanceof NoSuchFileException
        ? " (\"postfix start\" makes it)"
        : " (and no daemon listens beside it; \"postfix start\" mends the directory)";
  }
}

package dev.postrider.spool;

import dev.postrider.delivery.MessageContent;
import dev.postrider.io.Disk;
import dev.postrider.io.DiskFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * The content of messages that is in files of its own: where it belongs or in quarantine, whole or
 * not. Changes nothing. For one thread.
 */
final class BodyFinds {
  private final Disk disk;
  private final Path directory;
  private final LongConsumer read;

  /**
   * Reads below the directory of a spool.
   *
   * @param read hears how many bytes were read since it was told last
   */
  BodyFinds(Disk disk, Path directory, LongConsumer read) {
    this.disk = disk;
    this.directory = directory;
    this.read = read;
  }

  private List<Path> files(long id) {
    String name = "%016x.body".formatted(id);
    return List.of(
        directory.resolve("bodies").resolve(name),
        directory.resolve("quarantine").resolve(name),
        directory.resolve("quarantine").resolve(name + Quarantine.TAIL));
  }

  /** Whether what is in the place where it belongs is not what was stored. */
  boolean isBad(long id, MessageFields.ExternalBody body) {
    return !isSound(files(id).getFirst(), body);
  }

  private boolean isSound(Path file, MessageFields.ExternalBody body) {
    byte[] block = new byte[64 << 10];
    try (InputStream in = new Contents.BodyStream(disk.openToRead(file), body)) {
      for (int count = in.read(block); count >= 0; count = in.read(block)) {
        read.accept(count);
      }
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  /** Bytes of a file; 0 if there is none. */
  long length(Path file) {
    try (DiskFile in = disk.openToRead(file)) {
      return in.size();
    } catch (IOException _) {
      return 0;
    }
  }

  /** The best there is of a message's content; adds what is wrong with it to {@code faults}. */
  MessageContent best(long id, MessageFields.ExternalBody body, List<String> faults) {
    FileSlice longest = new FileSlice(disk, files(id).getFirst(), 0, 0);
    for (Path file : files(id)) {
      if (isSound(file, body)) {
        return new FileSlice(disk, file, 0, body.size());
      }
      long length = Math.min(length(file), body.size());
      if (length > longest.size()) {
        longest = new FileSlice(disk, file, 0, length);
      }
    }
    faults.add(fault(longest.size(), body.size()));
    return longest;
  }

  /** What is wrong with content of which so much is there. */
  static String fault(long there, long stored) {
    return there < stored
        ? "the content is cut: %d of %d bytes are there, some perhaps damaged"
            .formatted(there, stored)
        : "the content is damaged somewhere in its %d bytes".formatted(there);
  }
}

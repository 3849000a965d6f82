package dev.postrider.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A regular file opened by a name that another user may give to something else at any moment. The
 * facts are those of the opened file, and opening it never waits: Java's own way to open a FIFO
 * waits for its writer, which blocks a carrier of the virtual threads, and with it the daemon. For
 * one thread.
 *
 * @param facts what the kernel said when it was opened
 * @param channel open for reading
 */
public record PinnedFile(FileFacts facts, FileChannel channel) implements AutoCloseable {

  /**
   * Opens it for reading, through no symbolic link.
   *
   * @throws NoSuchFileException if nothing has that name, or no longer the same
   * @throws FileSystemException if it is no regular file, or cannot be read
   */
  public static PinnedFile open(Path path) throws IOException {
    return OpenCall.isSupported() ? byDescriptor(path) : byName(path);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** By a descriptor of our own, which cannot be exchanged under our hands. */
  private static PinnedFile byDescriptor(Path path) throws IOException {
    int descriptor = OpenCall.toRead(path);
    try {
      Path opened = OpenCall.name(descriptor);
      FileFacts facts = FileFacts.of(opened);
      requireRegular(path, facts);
      return new PinnedFile(facts, FileChannel.open(opened, StandardOpenOption.READ));
    } finally {
      OpenCall.close(descriptor);
    }
  }

  /**
   * Where descriptors have no names. In a sticky directory only its owner can replace a file, so if
   * the same file of the same owner lay there before and after, what was opened is that owner's.
   */
  private static PinnedFile byName(Path path) throws IOException {
    FileFacts before = FileFacts.of(path, LinkOption.NOFOLLOW_LINKS);
    requireRegular(path, before);
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    boolean handedOn = false;
    try {
      FileFacts after = FileFacts.of(path, LinkOption.NOFOLLOW_LINKS);
      if (after.inode() != before.inode() || after.uid() != before.uid() || !after.regular()) {
        throw new NoSuchFileException(path.toString(), null, "replaced meanwhile");
      }
      handedOn = true;
      return new PinnedFile(after, channel);
    } finally {
      if (!handedOn) {
        channel.close();
      }
    }
  }

  private static void requireRegular(Path path, FileFacts facts) throws FileSystemException {
    if (!facts.regular()) {
      throw new FileSystemException(path.toString(), null, "it is no regular file");
    }
  }
}

package dev.postrider.io;

import java.io.IOException;
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
import java.util.Set;

/**
 * A file opened for appending by a name that another user may give to something else at any moment.
 * It is made, for its owner only, if it is not there. Never through another user's link, neither a
 * symbolic nor a hard one; a symbolic link counts where only root can have put it. For one thread.
 *
 * @param facts what the kernel said of the opened file
 * @param channel open for appending
 */
public record AppendedFile(FileFacts facts, FileChannel channel) implements AutoCloseable {
  private static final int OTHERS_MAY_WRITE = 022;

  /**
   * Opens or makes it. Waits for nobody, not for the reader of a FIFO either: where Linux is, one
   * is refused without being opened.
   *
   * @throws FileSystemException whose reason can be shown to people
   */
  public static AppendedFile open(Path path) throws IOException {
    if (!OpenCall.isSupported()) {
      return byName(path);
    }
    try {
      return existing(path);
    } catch (NoSuchFileException _) {
      return createdOrExisting(path);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static AppendedFile createdOrExisting(Path path) throws IOException {
    int descriptor;
    try {
      descriptor = OpenCall.toCreate(path);
    } catch (FileAlreadyExistsException _) {
      // Made since, or a link that leads nowhere.
      return existing(path);
    } catch (FileSystemException e) {
      throw failure(path, "cannot create file exclusively: " + words(e), e);
    }
    return opened(path, descriptor);
  }

  private static AppendedFile existing(Path path) throws IOException {
    int descriptor;
    try {
      descriptor = OpenCall.toAppend(path);
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(
          path.toString(), null, "cannot open file: No such file or directory");
    } catch (FileSystemException e) {
      throw failure(path, "cannot open file: " + words(e), e);
    }
    return opened(path, descriptor);
  }

  private static AppendedFile opened(Path path, int descriptor) throws IOException {
    try {
      Path name = OpenCall.name(descriptor);
      FileFacts facts = FileFacts.of(name);
      check(path, facts);
      return new AppendedFile(
          facts, FileChannel.open(name, StandardOpenOption.WRITE, StandardOpenOption.APPEND));
    } finally {
      OpenCall.close(descriptor);
    }
  }

  /** Whether what was opened is what the name stands for, and may be written to. */
  private static void check(Path path, FileFacts opened) throws IOException {
    if (opened.links() != 1) {
      throw failure(path, "file has " + opened.links() + " hard links");
    }
    if (!opened.regular() && !opened.isCharacterDevice()) {
      throw failure(path, "neither a regular file nor a device");
    }
    FileFacts named;
    try {
      named = FileFacts.of(path, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      throw failure(path, "file status changed unexpectedly: No such file or directory", e);
    }
    if (named.isLink()) {
      if (!isRootsAlone(path, named)) {
        throw failure(path, "file is a symbolic link");
      }
    } else if (!opened.isSameFile(named) || named.mode() != opened.mode()) {
      throw failure(path, "file status changed unexpectedly");
    }
  }

  /** Some systems have links in /dev. Their directory counts too: links can be linked. */
  private static boolean isRootsAlone(Path path, FileFacts link) throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    if (link.uid() != 0 || directory == null) {
      return false;
    }
    FileFacts parent = FileFacts.of(directory);
    return parent.uid() == 0 && (parent.mode() & OTHERS_MAY_WRITE) == 0;
  }

  /** Where descriptors have no names: no link at all, and the same file before and after. */
  private static AppendedFile byName(Path path) throws IOException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      check(path, FileFacts.of(path, LinkOption.NOFOLLOW_LINKS));
    }
    FileChannel channel =
        FileChannel.open(
            path,
            Set.of(
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND,
                StandardOpenOption.CREATE,
                LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    boolean handedOn = false;
    try {
      FileFacts facts = FileFacts.of(path, LinkOption.NOFOLLOW_LINKS);
      check(path, facts);
      handedOn = true;
      return new AppendedFile(facts, channel);
    } finally {
      if (!handedOn) {
        channel.close();
      }
    }
  }

  private static String words(FileSystemException e) {
    return switch (e) {
      case AccessDeniedException _ -> "Permission denied";
      case NoSuchFileException _ -> "No such file or directory";
      case FileAlreadyExistsException _ -> "File exists";
      default -> String.valueOf(e.getReason());
    };
  }

  private static FileSystemException failure(Path path, String reason) {
    return new FileSystemException(path.toString(), null, reason);
  }

  private static FileSystemException failure(Path path, String reason, Throwable cause) {
    FileSystemException failure = failure(path, reason);
    failure.initCause(cause);
    return failure;
  }
}

package dev.postrider.mailbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A mailbox that was read in. What others do with it meanwhile is noticed before anything is read
 * or written. For one thread.
 */
public sealed interface Mailbox extends AutoCloseable permits Mbox, MaildirBox {
  /**
   * Reads a mailbox in: a directory with {@code cur} and {@code new} is a maildir, a file an mbox.
   *
   * @param home where what is needed for writing back is kept if the mailbox's own directory does
   *     not let this user make a file
   * @throws MailboxException if it is neither, or another program holds its lock
   * @throws java.nio.file.NoSuchFileException if it is missing
   * @throws java.nio.file.AccessDeniedException if this user may not read it
   */
  static Mailbox open(Path path, Path home) throws IOException, InterruptedException {
    return Files.isDirectory(path) ? MaildirBox.open(path) : Mbox.open(path, home);
  }

  Path path();

  /** In the order of arrival. */
  List<Letter> letters();

  /** Whether this user may change it. */
  boolean isWritable();

  /** Sender and date of delivery. */
  Separator separator(Letter letter) throws IOException;

  /** Header and body. To be closed; ends early if somebody cuts the mailbox off. */
  InputStream open(Letter letter) throws IOException;

  /** What has come since; also at the end of {@link #letters} from now on. */
  List<Letter> readArrivals() throws IOException, InterruptedException;

  /**
   * Writes changes back and keeps what has arrived meanwhile. When it returns, they are on stable
   * storage; after it this mailbox has to be opened anew.
   *
   * @return whether messages are in the mailbox that are not among {@link #letters}
   * @throws MailboxException if another program has changed the mailbox; nothing was written
   */
  boolean write(List<Change> changes) throws IOException, InterruptedException;

  @Override
  void close() throws IOException;
}

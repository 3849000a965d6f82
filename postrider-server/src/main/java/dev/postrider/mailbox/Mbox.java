package dev.postrider.mailbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A mailbox in one file (RFC 4155). It is locked while it is read in and while it is written, not
 * between; the file stays open throughout. For one thread.
 */
final class Mbox implements Mailbox {
  private final Path path;
  private final Path home;
  private final FileChannel channel;
  private final boolean writable;
  private final Object inode;
  private final List<Letter> letters;
  private long end;

  private Mbox(
      Path path,
      Path home,
      FileChannel channel,
      boolean writable,
      Object inode,
      List<Letter> letters,
      long end) {
    this.path = path;
    this.home = home;
    this.channel = channel;
    this.writable = writable;
    this.inode = inode;
    this.letters = letters;
    this.end = end;
  }

  static Mbox open(Path path, Path home) throws IOException, InterruptedException {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new MailboxException(path + ": neither a mailbox file nor a maildir");
    }
    boolean writable = Files.isWritable(path);
    FileChannel channel =
        writable
            ? FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)
            : FileChannel.open(path, StandardOpenOption.READ);
    boolean opened = false;
    try (MboxLock _ = MboxLock.take(path, channel, writable)) {
      @Nullable Path journal = RewriteJournals.left(path, home);
      if (journal != null) {
        if (!writable) {
          throw new MailboxException(
              path + ": " + journal + " must be put in place first, and you may not write to it");
        }
        new Rewrite(path, new Storage.Channel(channel), journal).recover();
      }
      long end = channel.size();
      @Nullable List<Letter> letters = MboxIndex.scan(new Slice(channel, 0, end), 0);
      if (letters == null) {
        throw new MailboxException(
            path + ": not a mailbox (it does not begin with a line \"From sender date\")");
      }
      opened = true;
      return new Mbox(path, home, channel, writable, inode(path), letters, end);
    } finally {
      if (!opened) {
        channel.close();
      }
    }
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public List<Letter> letters() {
    return Collections.unmodifiableList(letters);
  }

  @Override
  public boolean isWritable() {
    return writable;
  }

  @Override
  public Separator separator(Letter letter) throws IOException {
    return Separator.parse(
        new String(separatorLine(letter), StandardCharsets.ISO_8859_1).stripTrailing());
  }

  @Override
  public InputStream open(Letter letter) throws IOException {
    byte[] _ = separatorLine(letter);
    return new Slice(channel, letter.offset() + letter.head(), contentEnd(letter));
  }

  /** The empty line before the next separator belongs to the mailbox, not to the message. */
  private long contentEnd(Letter letter) throws IOException {
    long after = letter.offset() + letter.size();
    byte[] last = new Slice(channel, after - 2, after).readNBytes(2);
    boolean empty = last.length == 2 && last[0] == '\n' && last[1] == '\n';
    return empty && after - 1 > letter.offset() + letter.head() ? after - 1 : after;
  }

  @Override
  public List<Letter> readArrivals() throws IOException, InterruptedException {
    if (channel.size() == end) {
      return List.of();
    }
    try (MboxLock _ = MboxLock.take(path, channel, writable)) {
      requireUnchanged();
      long now = channel.size();
      @Nullable List<Letter> arrived = MboxIndex.scan(new Slice(channel, end, now), end);
      if (arrived == null) {
        throw changed();
      }
      end = now;
      letters.addAll(arrived);
      return arrived;
    }
  }

  @Override
  public boolean write(List<Change> changes) throws IOException, InterruptedException {
    if (changes.stream().noneMatch(Change::changesAnything)) {
      return channel.size() > end;
    }
    Map<Letter, Change> wanted = new HashMap<>();
    changes.forEach(change -> wanted.put(change.letter(), change));
    try (MboxLock _ = MboxLock.take(path, channel, true)) {
      requireUnchanged();
      long arrived = channel.size() - end;
      List<Piece> pieces = new ArrayList<>();
      if (!letters.isEmpty()) {
        pieces.add(new Piece.Copy(0, letters.getFirst().offset()));
      }
      for (Letter letter : letters) {
        @Nullable Change change = wanted.get(letter);
        if (change == null || !change.changesAnything()) {
          pieces.add(new Piece.Copy(letter.offset(), letter.size()));
        } else if (!change.remove()) {
          pieces.addAll(rewritten(change));
        }
      }
      pieces.add(new Piece.Copy(end, arrived));
      new Rewrite(path, new Storage.Channel(channel), RewriteJournals.place(path, home))
          .run(pieces);
      return arrived > 0;
    } catch (FileSystemException e) {
      throw new MailboxException(
          path + ": the mailbox was left as it was: " + e.getFile() + ": " + e.getReason());
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private List<Piece> rewritten(Change change) throws IOException {
    Letter letter = change.letter();
    long body = letter.offset() + letter.head();
    byte @Nullable [] content = change.content();
    if (content == null) {
      StatusField field =
          StatusField.find(new Slice(channel, body, letter.offset() + letter.size()));
      return List.of(
          new Piece.Copy(letter.offset(), letter.head() + field.before()),
          new Piece.Fresh(field.text(change.status())),
          new Piece.Copy(body + field.after(), letter.size() - letter.head() - field.after()));
    }
    return List.of(
        new Piece.Copy(letter.offset(), letter.head()),
        new Piece.Fresh(MboxText.quoted(StatusField.put(content, change.status()))));
  }

  /** The separator line, or an exception if it is another one now. */
  private byte[] separatorLine(Letter letter) throws IOException {
    byte[] line =
        new Slice(channel, letter.offset(), letter.offset() + letter.head())
            .readNBytes(letter.head());
    if (!MboxIndex.isStill(letter, line)) {
      throw changed();
    }
    return line;
  }

  private void requireUnchanged() throws IOException {
    boolean same =
        Files.exists(path)
            && channel.size() >= end
            && Files.size(path) == channel.size()
            && inode(path).equals(inode);
    if (!same) {
      throw changed();
    }
    for (Letter letter : letters) {
      byte[] _ = separatorLine(letter);
    }
    // What has arrived must begin where the last message ended.
    if (channel.size() > end
        && !new String(new Slice(channel, end, end + 5).readNBytes(5), StandardCharsets.ISO_8859_1)
            .equals("From ")) {
      throw changed();
    }
  }

  /** By stat(2): opening it once more would lose the lock when that is closed. */
  private static Object inode(Path path) throws IOException {
    return Files.getAttribute(path, "unix:ino");
  }

  private MailboxException changed() {
    return new MailboxException(
        path
            + ": another program has changed this mailbox, so nothing is read from it or written to"
            + " it; open it again (\"file %\")");
  }
}

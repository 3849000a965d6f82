package dev.postrider.archive;

import dev.postrider.delivery.MessageContent;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Set;

/**
 * A directory that messages are written to: readable by its owner only, and no file in it is ever
 * overwritten. A message is there when its JSON file is: that comes last. Safe on any thread, a
 * name being one thread's.
 */
public final class ExportDirectory {
  static final String CONTENT = ".eml";
  static final String ENVELOPE = ".json";
  private static final String PART = ".part";
  private static final int BLOCK = 64 << 10;

  private final Path directory;

  private ExportDirectory(Path directory) {
    this.directory = directory;
  }

  /** Makes it if it is not there. */
  public static ExportDirectory create(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    return new ExportDirectory(directory);
  }

  /** Whether a message of that name is there, or the rest of one. */
  public boolean has(String name) {
    return exists(name + ENVELOPE)
        || exists(name + CONTENT)
        || exists(name + ENVELOPE + ImportFile.DONE);
  }

  private boolean exists(String name) {
    return Files.exists(directory.resolve(name), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Writes a message and forces it to the disk.
   *
   * @throws FileAlreadyExistsException if something of that name is there
   * @throws UnreadableException if the content cannot be read; then nothing is left
   * @throws IOException if the directory cannot be written
   */
  public void write(String name, ExportedMessage message, MessageContent content)
      throws IOException {
    if (has(name)) {
      throw new FileAlreadyExistsException(directory.resolve(name + ENVELOPE).toString());
    }
    Path part = directory.resolve(name + CONTENT + PART);
    // Of an export that was interrupted.
    Files.deleteIfExists(part);
    try {
      ContentMark mark = content(part, content);
      Path done = directory.resolve(name + CONTENT);
      Files.createLink(done, part);
      Files.delete(part);
      try {
        envelope(directory.resolve(name + ENVELOPE), message.withContent(mark));
      } catch (IOException e) {
        Files.deleteIfExists(done);
        throw e;
      }
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static ContentMark content(Path file, MessageContent content) throws IOException {
    MessageDigest digest = ContentMark.digest();
    long size = 0;
    byte[] block = new byte[BLOCK];
    try (FileChannel channel = newFile(file);
        InputStream in = open(content)) {
      OutputStream out = Channels.newOutputStream(channel);
      for (int count = read(in, block); count >= 0; count = read(in, block)) {
        out.write(block, 0, count);
        digest.update(block, 0, count);
        size += count;
      }
      channel.force(true);
    }
    return ContentMark.of(size, digest);
  }

  private static InputStream open(MessageContent content) throws UnreadableException {
    try {
      return content.open();
    } catch (IOException e) {
      throw new UnreadableException(e);
    }
  }

  private static int read(InputStream in, byte[] block) throws UnreadableException {
    try {
      return in.read(block);
    } catch (IOException e) {
      throw new UnreadableException(e);
    }
  }

  private void envelope(Path file, ExportedMessage message) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + PART);
    Files.deleteIfExists(part);
    try {
      try (FileChannel channel = newFile(part)) {
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BLOCK);
        EnvelopeWriter.write(message, out);
        out.flush();
        channel.force(true);
      }
      Files.createLink(file, part);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static FileChannel newFile(Path file) throws IOException {
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /** Returns when the names of all that was written are on the disk. */
  public void force() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}

package dev.postrider.cli;

import dev.postrider.config.ConfigException;
import dev.postrider.config.ConfigFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A configuration file that is replaced in one step: whoever reads it sees the old text or the new,
 * also after a power cut. Mode, owner and group stay. From opening to closing no other postconf
 * edits it: scripts call several at once, and each is to find what the one before wrote. For one
 * thread.
 *
 * <p>The text is held as Latin-1, one character a byte, so that what is not edited cannot change.
 */
final class EditedFile implements AutoCloseable {
  /** Beside the edited file, and never removed: who waits for a removed file waits for nothing. */
  private static final String LOCK = ".postrider-edit";

  private static final FileAttribute<?> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path shown;
  private final Path file;
  private final FileChannel lock;
  private final List<String> lines;

  private EditedFile(Path shown, Path file, FileChannel lock, List<String> lines) {
    this.shown = shown;
    this.file = file;
    this.lock = lock;
    this.lines = lines;
  }

  static EditedFile open(Path path) throws ConfigException {
    Path file;
    try {
      file = path.toRealPath();
    } catch (IOException e) {
      throw new ConfigException("open " + path + " for reading: " + ConfigFiles.reason(e), e);
    }
    FileChannel lock = locked(path, file);
    try {
      return new EditedFile(
          path, file, lock, split(Files.readString(file, StandardCharsets.ISO_8859_1)));
    } catch (IOException e) {
      close(lock);
      throw new ConfigException("open " + path + " for reading: " + ConfigFiles.reason(e), e);
    }
  }

  private static FileChannel locked(Path shown, Path file) throws ConfigException {
    try {
      FileChannel lock =
          FileChannel.open(
              file.resolveSibling(LOCK),
              Set.of(
                  StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
              PRIVATE);
      // Held until the channel is closed, or the program ends.
      lock.lock();
      return lock;
    } catch (IOException e) {
      throw new ConfigException("open " + shown + ".tmp: " + ConfigFiles.reason(e), e);
    }
  }

  /** Lets the next one edit. */
  @Override
  public void close() {
    close(lock);
  }

  private static void close(FileChannel lock) {
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> split(String text) {
    List<String> lines = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      if (end < 0) {
        lines.add(text.substring(start) + "\n");
        break;
      }
      lines.add(text.substring(start, end + 1));
      start = end + 1;
    }
    return lines;
  }

  /** The lines, each with its line end. */
  List<String> lines() {
    return lines;
  }

  /** What an argument of the command line is in such a text. */
  static String bytesOf(String argument) {
    return new String(argument.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** The inverse, for messages. */
  static String shownAs(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  void replaceBy(CharSequence text) throws ConfigException {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      write(temporary, text.toString().getBytes(StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new ConfigException("open " + shown + ".tmp: " + ConfigFiles.reason(e), e);
    }
    try {
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      forceDirectory();
    } catch (IOException e) {
      throw new ConfigException("close " + shown + ".tmp: " + ConfigFiles.reason(e), e);
    }
  }

  private void write(Path temporary, byte[] bytes) throws IOException {
    // What a crash left behind may have anybody's mode and must not be written to.
    Files.deleteIfExists(temporary);
    Files.createFile(temporary, PRIVATE);
    try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      keepAttributes(temporary);
      channel.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
  }

  private void keepAttributes(Path temporary) throws IOException {
    PosixFileAttributes old =
        Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    PosixFileAttributeView view =
        Files.getFileAttributeView(temporary, PosixFileAttributeView.class);
    PosixFileAttributes now = view.readAttributes();
    if (!now.group().equals(old.group())) {
      view.setGroup(old.group());
    }
    if (!now.owner().equals(old.owner())) {
      view.setOwner(old.owner());
    }
    view.setPermissions(old.permissions());
  }

  private void forceDirectory() throws IOException {
    Path parent = file.getParent();
    if (parent != null) {
      try (FileChannel directory = FileChannel.open(parent, StandardOpenOption.READ)) {
        directory.force(true);
      }
    }
  }
}

package dev.postrider.migrate;

import dev.postrider.spool.QueueId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Which messages of Postfix's queue were taken over, as empty files, so that none is taken twice,
 * whenever an import is interrupted or repeated:
 *
 * <pre>
 * KEY.importing-ID    being stored under that id: there since before the spool had it
 * KEY.imported-ID     stored under that id
 * </pre>
 *
 * Used with the rights of the spool's owner. For one thread.
 */
public final class ImportJournal {
  private static final String BEGUN = ".importing-";
  private static final String DONE = ".imported-";

  private final Path directory;

  /**
   * Opens it, and makes its directory if need be.
   *
   * @param dataDirectory data_directory
   */
  public static ImportJournal open(Path dataDirectory) throws IOException {
    Path directory = dataDirectory.resolve("import");
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException _) {
      // Of an earlier import.
    } catch (NoSuchFileException e) {
      throw new IOException(
          dataDirectory + ": there is no such directory (\"postfix check\" makes it, as root)", e);
    }
    return new ImportJournal(directory);
  }

  private ImportJournal(Path directory) {
    this.directory = directory;
  }

  /** How far a message has come. */
  public sealed interface State {
    /** Nothing is known of it. */
    record Fresh() implements State {}

    /** An import was interrupted while it was stored under this id, or just before or after. */
    record Begun(QueueId id) implements State {}

    /** It was stored. */
    record Done(QueueId id) implements State {}
  }

  /** How far the message has come. */
  public State state(String key) throws IOException {
    State state = new State.Fresh();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(
            directory, file -> String.valueOf(file.getFileName()).startsWith(key + "."))) {
      for (Path file : files) {
        String rest = String.valueOf(file.getFileName()).substring(key.length());
        Optional<QueueId> done = id(rest, DONE);
        if (done.isPresent()) {
          return new State.Done(done.get());
        }
        Optional<QueueId> begun = id(rest, BEGUN);
        if (begun.isPresent()) {
          state = new State.Begun(begun.get());
        }
      }
    }
    return state;
  }

  private static Optional<QueueId> id(String rest, String word) {
    return rest.startsWith(word) ? QueueId.parse(rest.substring(word.length())) : Optional.empty();
  }

  /** Notes, on the disk, that the message is about to be stored. */
  void begin(String key, QueueId id) throws IOException {
    Files.createFile(file(key, BEGUN, id));
    force();
  }

  /** Takes that back: nothing was stored. */
  public void cancel(String key, QueueId id) throws IOException {
    Files.deleteIfExists(file(key, BEGUN, id));
  }

  /** Notes that it is stored. */
  public void end(String key, QueueId id) throws IOException {
    Files.move(file(key, BEGUN, id), file(key, DONE, id));
    force();
  }

  /** The file that says that an import of the message was begun. */
  public Path begun(String key, QueueId id) {
    return file(key, BEGUN, id);
  }

  private Path file(String key, String word, QueueId id) {
    return directory.resolve(key + word + id.longForm());
  }

  private void force() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}

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
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

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
  private final Map<String, State> states = new HashMap<>();

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
    ImportJournal journal = new ImportJournal(directory);
    journal.load();
    return journal;
  }

  private ImportJournal(Path directory) {
    this.directory = directory;
  }

  /** Once: a queue may have a million messages, and each asks. */
  private void load() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        if (!load(name, DONE, State.Done::new)) {
          boolean _ = load(name, BEGUN, State.Begun::new);
        }
      }
    }
  }

  private boolean load(String name, String word, Function<QueueId, State> made) {
    int at = name.lastIndexOf(word);
    Optional<QueueId> id =
        at < 0 ? Optional.empty() : QueueId.parse(name.substring(at + word.length()));
    id.ifPresent(each ->
        // What was stored once is stored, whatever else lies there.
        states.merge(
            name.substring(0, at),
            made.apply(each),
            (old, found) -> old instanceof State.Done ? old : found));
    return id.isPresent();
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
  public State state(String key) {
    return states.getOrDefault(key, new State.Fresh());
  }

  /** Notes, on the disk, that the message is about to be stored. */
  void begin(String key, QueueId id) throws IOException {
    Files.createFile(file(key, BEGUN, id));
    force();
    states.put(key, new State.Begun(id));
  }

  /** Takes that back: nothing was stored. */
  public void cancel(String key, QueueId id) throws IOException {
    Files.deleteIfExists(file(key, BEGUN, id));
    states.remove(key);
  }

  /** Notes that it is stored. Not forced: should that be lost, the spool is asked. */
  public void end(String key, QueueId id) throws IOException {
    Files.move(file(key, BEGUN, id), file(key, DONE, id));
    states.put(key, new State.Done(id));
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

package dev.postrider.archive;

import dev.postrider.io.PinnedFile;
import dev.postrider.spool.QueueId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The JSON file of one message that is to be imported. Its name tells how far that is, so that no
 * message is imported twice, whenever an import is interrupted:
 *
 * <pre>
 * NAME.json                 to be imported
 * NAME.json.importing-ID    being stored under that id: there since before the spool had it
 * NAME.json.imported        in the queue
 * </pre>
 *
 * Immutable.
 *
 * @param directory where it is
 * @param name with {@code .json} at its end, whatever follows that now
 */
public record ImportFile(Path directory, String name) {
  static final String DONE = ".imported";
  private static final String BEGUN = ".importing-";

  /** One whose import was begun and not ended. */
  public record Interrupted(ImportFile file, QueueId id) {}

  /** What a directory has, oldest first as far as names are queue ids, then by name. */
  public record Found(List<ImportFile> waiting, List<Interrupted> interrupted) {}

  /** The files of a directory. */
  public static Found in(Path directory) throws IOException {
    List<ImportFile> waiting = new ArrayList<>();
    List<Interrupted> interrupted = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      files
          .map(file -> String.valueOf(file.getFileName()))
          .sorted(Comparator.comparing(ImportFile::age).thenComparing(Function.identity()))
          .forEach(name -> {
            int end = name.lastIndexOf(ExportDirectory.ENVELOPE + BEGUN);
            if (name.endsWith(ExportDirectory.ENVELOPE)) {
              waiting.add(new ImportFile(directory, name));
            } else if (end > 0) {
              String file = name.substring(0, end + ExportDirectory.ENVELOPE.length());
              Optional<QueueId> id = QueueId.parse(name.substring(file.length() + BEGUN.length()));
              id.ifPresent(
                  each -> interrupted.add(new Interrupted(new ImportFile(directory, file), each)));
            }
          });
    } catch (java.io.UncheckedIOException e) {
      throw e.getCause();
    }
    return new Found(waiting, interrupted);
  }

  private static QueueId age(String name) {
    int end = name.indexOf(ExportDirectory.ENVELOPE);
    return QueueId.parse(end < 0 ? "" : name.substring(0, end))
        .orElseGet(() -> new QueueId(Long.MAX_VALUE));
  }

  /**
   * A file that somebody named.
   *
   * @throws BadExportException if it is no file of an export that waits
   */
  public static ImportFile of(Path file) throws BadExportException {
    String name = String.valueOf(file.getFileName());
    if (!name.endsWith(ExportDirectory.ENVELOPE)) {
      throw new BadExportException(
          "its name does not end in .json (one that ends in .imported is in the queue already)");
    }
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      throw new BadExportException("is no file");
    }
    return new ImportFile(parent, name);
  }

  /** As people know it. */
  public Path path() {
    return directory.resolve(name);
  }

  private Path contentPath() {
    String stem = name.substring(0, name.length() - ExportDirectory.ENVELOPE.length());
    return directory.resolve(stem + ExportDirectory.CONTENT);
  }

  InputStream openEnvelope() throws IOException {
    return open(path());
  }

  InputStream openContent() throws IOException {
    try {
      return open(contentPath());
    } catch (NoSuchFileException _) {
      throw new BadExportException(
          contentPath().getFileName() + " is missing beside it (copy it there again)");
    }
  }

  /** Not through a link: whoever filled the directory must not have other files mailed. */
  private static InputStream open(Path file) throws IOException {
    BasicFileAttributes facts =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!facts.isRegularFile()) {
      throw new BadExportException(
          file.getFileName() + " is no regular file (copy the file itself there)");
    }
    // It may be something else by now, such as a FIFO that nobody writes to.
    return Channels.newInputStream(PinnedFile.open(file).channel());
  }

  /** Notes, on the disk, under which id it is about to be stored. */
  void begin(QueueId id) throws IOException {
    Files.move(path(), begun(id));
    force();
  }

  /** Takes that back: nothing was stored. */
  void cancel(QueueId id) throws IOException {
    Files.move(begun(id), path());
  }

  /** Notes that it is in the queue. */
  void end(QueueId id) throws IOException {
    Files.move(begun(id), directory.resolve(name + DONE));
  }

  private Path begun(QueueId id) {
    return directory.resolve(name + BEGUN + id.longForm());
  }

  private void force() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}

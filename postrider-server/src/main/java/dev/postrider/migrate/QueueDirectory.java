package dev.postrider.migrate;

import dev.postrider.io.FileFacts;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Postfix's queue_directory: what is in it, and whether a Postfix uses it. Immutable.
 *
 * @param path such as /var/spool/postfix
 */
public record QueueDirectory(Path path) {
  /** Levels that hash_queue_depth may have. */
  private static final int DEEPEST = 4;

  private static final Duration ENDING = Duration.ofSeconds(3);

  /** Whether it looks like one. */
  public boolean isQueue() {
    return Files.isDirectory(path.resolve(QueueFile.Queue.MAILDROP.directory()))
        || Files.isDirectory(path.resolve(QueueFile.Queue.DEFERRED.directory()));
  }

  /**
   * All files of the queues, oldest queue first, then by name.
   *
   * @throws IOException if a directory may not be listed
   */
  public List<QueueFile> files() throws IOException {
    List<QueueFile> all = new ArrayList<>();
    for (QueueFile.Queue queue : QueueFile.Queue.values()) {
      List<QueueFile> found = new ArrayList<>();
      add(queue, path.resolve(queue.directory()), 0, found);
      found.sort(Comparator.comparing(QueueFile::id));
      all.addAll(found);
    }
    return all;
  }

  private static void add(QueueFile.Queue queue, Path directory, int depth, List<QueueFile> found)
      throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        boolean hashed =
            String.valueOf(entry.getFileName()).length() == 1
                && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
        if (hashed && depth < DEEPEST) {
          add(queue, entry, depth + 1, found);
        } else {
          found.add(new QueueFile(queue, entry));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException _) {
      // A queue that nothing was ever in may have no directory.
      return;
    }
  }

  /** The log of one message's recipients in {@code defer}, {@code bounce} or {@code trace}. */
  Path recipientLog(String kind, String id) {
    Path directory = path.resolve(kind);
    Path file = directory.resolve(id);
    for (int depth = 1; depth <= DEEPEST && depth <= id.length(); depth++) {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        return file;
      }
      directory = directory.resolve(id.substring(depth - 1, depth));
      file = directory.resolve(id);
    }
    return file;
  }

  /**
   * The Postfix that uses the queue now.
   *
   * @return how to name it to a person; empty if there is none
   */
  public Optional<String> user() throws IOException {
    Path file = path.resolve("pid").resolve("master.pid");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Optional<String> holder = holder(file);
    if (holder.isPresent()) {
      return holder;
    }
    String text = Files.readString(file).strip();
    return text.matches("[0-9]{1,9}") && isMaster(Long.parseLong(text))
        ? Optional.of("process " + text + " (" + file + ")")
        : Optional.empty();
  }

  /** Whether it runs; a master that is ending has let go of its lock, and is waited for. */
  private static boolean isMaster(long number) {
    Optional<ProcessHandle> process = ProcessHandle.of(number);
    if (process.isEmpty() || !isRunning(number)) {
      return false;
    }
    try {
      ProcessHandle _ =
          process.get().onExit().get(ENDING.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException _) {
      return isRunning(number);
    }
  }

  /** The number may belong to anything since the machine was started, or to a dead process. */
  private static boolean isRunning(long number) {
    try {
      String status = Files.readString(Path.of("/proc/" + number + "/status"));
      return status.startsWith("Name:\tmaster\n") && !status.contains("\nState:\tZ");
    } catch (NoSuchFileException _) {
      // Either the process is gone, or this system says nothing of it.
      return !Files.exists(Path.of("/proc/self/status"));
    } catch (IOException _) {
      return true;
    }
  }

  /**
   * Who has locked the file. The kernel's list has lines "1: FLOCK ADVISORY WRITE PID
   * MAJOR:MINOR:INODE 0 EOF"; the device in it need not be the one that a file of a container has.
   */
  private static Optional<String> holder(Path file) throws IOException {
    Path locks = Path.of("/proc/locks");
    if (!Files.isReadable(locks)) {
      return Optional.empty();
    }
    String inode = ":" + FileFacts.of(file).inode() + " ";
    try (Stream<String> lines = Files.lines(locks)) {
      for (String line : lines.filter(each -> each.contains(inode)).toList()) {
        String[] fields = line.strip().split("\\s+");
        boolean written = fields.length > 4 && fields[3].equals("WRITE");
        if (written && (!fields[4].matches("[0-9]{1,9}") || isRunning(Long.parseLong(fields[4])))) {
          return Optional.of("process " + fields[4] + " has locked " + file);
        }
      }
    }
    return Optional.empty();
  }
}

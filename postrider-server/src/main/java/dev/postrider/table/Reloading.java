package dev.postrider.table;

import dev.postrider.io.ReadRights;
import dev.postrider.log.MailLog;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A table that comes from files and follows them: a lookup compares time, size and inode, at most
 * twenty times a second while the table can be read, and reads again when they changed. An edit
 * with a fault keeps the version before; so does a file that went away or may no longer be read.
 * Safe on any thread: one thread reads again while the others go on with the old version.
 */
final class Reloading implements LookupTable {
  /** Reads the files. */
  @FunctionalInterface
  interface Loader {
    Loaded load() throws IOException;
  }

  /** What a file looked like; a change of any part means it was written. */
  private record Stamp(@Nullable FileTime modified, long size, @Nullable Object inode) {
    static Stamp of(Path file, ReadRights rights) {
      try {
        BasicFileAttributes found = attributes(file, rights);
        return new Stamp(found.lastModifiedTime(), found.size(), found.fileKey());
      } catch (IOException e) {
        return new Stamp(null, -1, null);
      }
    }

    /** In a directory that only its owner may search, an edit has to be seen as well. */
    private static BasicFileAttributes attributes(Path file, ReadRights rights) throws IOException {
      try {
        return Files.readAttributes(file, BasicFileAttributes.class);
      } catch (AccessDeniedException _) {
        return rights.read(() -> Files.readAttributes(file, BasicFileAttributes.class));
      }
    }
  }

  /** Short, so that a flush after an edit finds the edit; a look costs microseconds. */
  private static final long INTERVAL_NANOS = 50_000_000L;

  private static final String PROCESS = "proxymap";

  private final String name;
  private final boolean patterns;
  private final List<Path> files;
  private final Loader loader;
  private final MailLog log;
  private final ReadRights rights;
  private final LongSupplier nanos;
  private final ReentrantLock reading = new ReentrantLock();
  private volatile long checked;

  /** How often other content was taken in since the first reading; guarded by {@link #reading}. */
  private int changes;

  private List<Stamp> stamps;
  private volatile @Nullable Content content;
  private volatile @Nullable String fault;

  /** Reads the files of a table of fixed strings for the first time. */
  Reloading(
      String name,
      List<Path> files,
      Loader loader,
      MailLog log,
      ReadRights rights,
      LongSupplier nanos) {
    this(name, false, files, loader, log, rights, nanos);
  }

  /**
   * Reads the files for the first time; a file that cannot be read makes lookups unavailable.
   *
   * @param patterns whether what the files hold is matched by patterns
   */
  Reloading(
      String name,
      boolean patterns,
      List<Path> files,
      Loader loader,
      MailLog log,
      ReadRights rights,
      LongSupplier nanos) {
    this.name = name;
    this.patterns = patterns;
    this.files = List.copyOf(files);
    this.loader = loader;
    this.log = log;
    this.rights = rights;
    this.nanos = nanos;
    this.checked = nanos.getAsLong();
    this.stamps = stamps();
    this.content = null;
    boolean _ = read();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String place(String key) {
    Content current = content;
    int line = current == null ? 0 : current.line(key);
    return line == 0 ? "" : files.getFirst() + ", line " + line;
  }

  @Override
  public boolean matchesPatterns() {
    return patterns;
  }

  @Override
  public boolean namesSecrets() {
    return name.startsWith("secret:");
  }

  /** Why nothing could be read yet, or null when the table can answer. */
  @Nullable String fault() {
    return content == null ? fault : null;
  }

  /** Reads again if the files changed; how often that brought other content so far. */
  int changes() {
    reading.lock();
    try {
      checked = nanos.getAsLong();
      follow();
      return changes;
    } finally {
      reading.unlock();
    }
  }

  @Override
  public Lookup lookup(String key) {
    long now = nanos.getAsLong();
    // As long as there is no answer at all, mail waits for the file.
    boolean due = content == null || now - checked >= INTERVAL_NANOS;
    if (due && reading.tryLock()) {
      try {
        checked = now;
        follow();
      } finally {
        reading.unlock();
      }
    }
    Content current = content;
    return current != null
        ? current.lookup(key)
        : new Lookup.Unavailable(name + " is unavailable. " + fault);
  }

  private void follow() {
    List<Stamp> now = stamps();
    if (!now.equals(stamps)) {
      stamps = now;
      if (read()) {
        changes++;
      }
    }
  }

  /** Returns whether there is other content now. */
  private boolean read() {
    Loaded loaded;
    try {
      loaded = loader.load();
    } catch (IOException e) {
      String reason = e.getMessage() == null ? e.toString() : e.getMessage();
      if (content == null) {
        fault = reason;
        log.error(PROCESS, name + " is unavailable. " + reason);
      } else {
        log.error(PROCESS, name + ": " + reason + "; going on with the version read before");
      }
      return false;
    }
    loaded.notes().forEach(note -> log.warning(PROCESS, note));
    if (content != null && !loaded.faults().isEmpty()) {
      loaded.faults().forEach(line -> log.error(PROCESS, line));
      log.error(
          PROCESS,
          name
              + ": the change was not taken; going on with the version read before until it is mended");
      return false;
    }
    loaded.faults().forEach(line -> log.warning(PROCESS, line));
    content = loaded.content();
    return true;
  }

  private List<Stamp> stamps() {
    List<Stamp> found = new ArrayList<>(files.size());
    files.forEach(file -> found.add(Stamp.of(file, rights)));
    return found;
  }
}

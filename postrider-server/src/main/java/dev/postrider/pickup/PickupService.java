package dev.postrider.pickup;

import dev.postrider.config.Config;
import dev.postrider.intake.Intake;
import dev.postrider.io.EndlessWork;
import dev.postrider.log.MailLog;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes what lies in the maildrop directory: at start, whenever a file changes, and by a look each
 * minute, which also repeats what failed. Files are begun in the order of their submission; several
 * are in work at a time, so that a large one does not hold up the rest. Safe on any thread.
 */
public final class PickupService implements AutoCloseable {
  private static final Duration LOOK = Duration.ofSeconds(60);

  /** While nothing can be seen there. */
  private static final Duration LOOK_FOR_THE_DIRECTORY = Duration.ofSeconds(1);

  private static final Duration ABANDONED = Duration.ofDays(1);
  private static final int WORKERS = 8;
  private static final Pattern PROCESS_ID = Pattern.compile("([0-9]{1,18})\\.");

  private final Path directory;
  private final Pickup pickup;
  private final PickupSocket socket;
  private final MailLog log;
  private final InstantSource clock;
  private final Semaphore workers = new Semaphore(WORKERS, true);

  /** Names in work; true if the file changed meanwhile and must be looked at again. */
  private final ConcurrentHashMap<String, Boolean> inWork = new ConcurrentHashMap<>();

  /** Names that were complained of. */
  private final Set<String> reported = ConcurrentHashMap.newKeySet();

  private final WatchService watcher;
  private final AtomicLong taken = new AtomicLong();
  private final AtomicBoolean unreadable = new AtomicBoolean();
  private volatile boolean closed;

  /**
   * @param config the snapshot in force; the queue directory is the one of the first
   * @param lent a socket of a service manager that listens where ours would, or null
   * @throws IOException if the maildrop directory cannot be watched, naming it
   */
  public PickupService(
      Supplier<Config> config,
      @Nullable ServerSocketChannel lent,
      Intake intake,
      MailLog log,
      InstantSource clock)
      throws IOException {
    Maildrop maildrop = Maildrop.of(config.get());
    this.directory = maildrop.directory();
    this.pickup = new Pickup(config, intake, log);
    this.log = log;
    this.clock = clock;
    this.watcher = directory.getFileSystem().newWatchService();
    this.socket = new PickupSocket(maildrop.socket(), lent, pickup, log);
  }

  /**
   * Begins to take submissions, with those that lie there already.
   *
   * @throws IOException naming the directory or socket that cannot be used
   */
  public void start() throws IOException {
    // Watching first: what arrives between would otherwise wait for the next look.
    watch();
    socket.start();
    EndlessWork looking =
        new EndlessWork(
            this::run,
            (why, pause) ->
                log.bug(Pickup.PROCESS, "watching " + directory + EndlessWork.again(pause), why));
    Thread.ofVirtual().name("pickup").start(looking);
  }

  /** Does nothing if this very directory is watched already. */
  private void watch() throws IOException {
    WatchKey _ =
        directory.register(
            watcher, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
  }

  /** Whether the directory that has this name now is watched: it may be another one. */
  private boolean isWatched() {
    try {
      watch();
    } catch (IOException e) {
      if (!unreadable.getAndSet(true)) {
        log.warning(
            Pickup.PROCESS,
            "cannot watch "
                + directory
                + ": "
                + e.getMessage()
                + " (looked for every second; where it was removed, \"postfix check\" makes it)");
      }
      return false;
    }
    if (unreadable.getAndSet(false)) {
      log.info(Pickup.PROCESS, directory + " can be watched again");
    }
    return true;
  }

  /** Whether nobody hands a message over, and none lies there that can be taken. */
  public boolean isIdle() {
    if (!inWork.isEmpty() || !socket.isIdle()) {
      return false;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        switch (MaildropFile.find(file)) {
          case MaildropFile.Found.Complete(MaildropFile complete) -> {
            // Also one that cannot be taken yet: it is tried again each minute.
            complete.close();
            return false;
          }
          case MaildropFile.Found.Incomplete _ -> {
            if (isAtWork(String.valueOf(file.getFileName()))) {
              return false;
            }
          }
          case MaildropFile.Found.Foreign _, MaildropFile.Found.Gone _ -> {}
        }
      }
    } catch (IOException e) {
      // Nothing there can be taken now.
      return true;
    }
    return true;
  }

  /**
   * Takes what lies there now, and returns when that is done.
   *
   * @return whether there was anything
   */
  public boolean sweep() throws InterruptedException {
    long before = taken.get();
    look();
    workers.acquire(WORKERS);
    workers.release(WORKERS);
    return taken.get() != before;
  }

  /** Stops beginning new work; what is in work ends or is repeated by the next start. */
  @Override
  public void close() throws IOException {
    closed = true;
    watcher.close();
    socket.close();
    try {
      if (workers.tryAcquire(WORKERS, 10, TimeUnit.SECONDS)) {
        workers.release(WORKERS);
      } else {
        log.warning(Pickup.PROCESS, "stopped with submissions in work; the next start takes them");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() throws InterruptedException {
    // What came while nobody watched is found by a look.
    long nextLook = System.nanoTime();
    try {
      while (!closed) {
        long wait = nextLook - System.nanoTime();
        WatchKey key = wait > 0 ? watcher.poll(wait, TimeUnit.NANOSECONDS) : null;
        boolean lost = false;
        if (key != null) {
          for (WatchEvent<?> event : key.pollEvents()) {
            if (event.context() instanceof Path name) {
              begin(name.toString());
            } else {
              lost = true;
            }
          }
          lost |= !key.reset();
        }
        if (lost || System.nanoTime() >= nextLook) {
          // Watching first, here too.
          Duration pause = isWatched() ? LOOK : LOOK_FOR_THE_DIRECTORY;
          look();
          nextLook = System.nanoTime() + pause.toNanos();
        }
      }
    } catch (ClosedWatchServiceException e) {
      // close() ends the wait.
    }
  }

  private record Entry(String name, FileTime modified) {}

  private void look() throws InterruptedException {
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        try {
          entries.add(
              new Entry(
                  String.valueOf(file.getFileName()),
                  Files.getLastModifiedTime(file, java.nio.file.LinkOption.NOFOLLOW_LINKS)));
        } catch (java.nio.file.NoSuchFileException e) {
          // Taken meanwhile.
        }
      }
    } catch (IOException e) {
      if (!unreadable.get()) {
        log.warning(Pickup.PROCESS, "cannot read " + directory + ": " + e.getMessage());
      }
    }
    entries.sort(Comparator.comparing(Entry::modified));
    for (Entry entry : entries) {
      begin(entry.name());
    }
  }

  private void begin(String name) throws InterruptedException {
    if (inWork.compute(name, (_, working) -> working != null) || closed) {
      return;
    }
    boolean begun = false;
    workers.acquire();
    try {
      Thread.ofVirtual()
          .name("pickup " + name)
          .start(() -> {
            try {
              work(name);
            } finally {
              workers.release();
            }
          });
      begun = true;
    } finally {
      if (!begun) {
        workers.release();
        inWork.remove(name);
      }
    }
  }

  private void work(String name) {
    boolean again = true;
    while (again) {
      try {
        take(directory.resolve(name));
      } catch (IOException e) {
        complain(name, "cannot be taken yet: " + e.getMessage());
      } catch (RuntimeException | Error e) {
        log.bug(Pickup.PROCESS, "maildrop/" + name, e);
      }
      again = inWork.computeIfPresent(name, (_, changed) -> changed ? Boolean.FALSE : null) != null;
    }
  }

  private void take(Path path) throws IOException {
    String name = String.valueOf(path.getFileName());
    switch (MaildropFile.find(path)) {
      case MaildropFile.Found.Complete(MaildropFile file) -> {
        try (file) {
          if (pickup.take(file) == Pickup.Fate.TAKEN) {
            taken.incrementAndGet();
            reported.remove(name);
          }
        }
      }
      case MaildropFile.Found.Incomplete(var modified) -> {
        if (modified.plus(ABANDONED).isBefore(clock.instant()) && !isAtWork(name)) {
          log.warning(
              Pickup.PROCESS, "maildrop/" + name + ": removed: a day old and still incomplete");
          Files.deleteIfExists(path);
        }
      }
      case MaildropFile.Found.Foreign(String reason) -> complain(name, "ignored: " + reason);
      case MaildropFile.Found.Gone _ -> reported.remove(name);
    }
  }

  /**
   * Whether the sendmail that made a file still runs: its process id begins the name. A job may be
   * silent for days between its first line and its last.
   */
  private static boolean isAtWork(String name) {
    Matcher matcher = PROCESS_ID.matcher(name);
    return matcher.lookingAt() && ProcessHandle.of(Long.parseLong(matcher.group(1))).isPresent();
  }

  /** Once a name: a file nobody can read would otherwise fill the log. */
  private void complain(String name, String text) {
    if (reported.size() < 10_000 && reported.add(name)) {
      log.warning(Pickup.PROCESS, "maildrop/" + name + ": " + text);
    }
  }
}

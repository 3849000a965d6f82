package dev.postrider.daemon;

import dev.postrider.archive.Importer;
import dev.postrider.cli.SpoolImport;
import dev.postrider.config.Config;
import dev.postrider.io.OwnUser;
import dev.postrider.log.MailLog;
import dev.postrider.spool.SegmentSpool;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Opens the spool of a queue without daemon for an import. Functions only. */
final class StoppedImport {
  private StoppedImport() {}

  static void open(Config config, MailLog log, SpoolImport.StoppedSpool.Work work)
      throws IOException, InterruptedException {
    long uid = OwnUser.uid();
    try (AsBefore caller = new AsBefore()) {
      AsOwner.run(config, () -> asOwner(config, log, uid, caller, work));
    }
  }

  private static void asOwner(
      Config config,
      MailLog log,
      long uid,
      Importer.Caller caller,
      SpoolImport.StoppedSpool.Work work)
      throws IOException {
    InstantSource clock = InstantSource.system();
    // The events are closed behind the spool: resources close in reverse.
    try (EventRecord events = new EventRecord();
        SegmentSpool spool =
            SegmentSpool.open(Path.of(config.text("queue_directory")), log, clock)) {
      events.open(config, "spool import", spool, log, clock);
      work.run(
          new Importer.Target(spool, events, log, uid, config.flag("enable_long_queue_ids")),
          caller);
      spool.flush();
    }
  }

  /** A thread that keeps the rights which the process had when this was made. */
  private static final class AsBefore implements Importer.Caller, AutoCloseable {
    private final ThreadPoolExecutor thread =
        new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Thread.ofPlatform().factory());

    AsBefore() {
      // Now: a thread begins with the rights of the one that starts it.
      thread.prestartAllCoreThreads();
    }

    @Override
    public <T> T run(Work<T> work) throws IOException {
      try {
        return thread.submit(work::run).get();
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case IOException cause -> throw cause;
          case RuntimeException cause -> throw cause;
          case null, default -> throw new IllegalStateException(e);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }

    @Override
    public void close() {
      thread.shutdown();
    }
  }
}

package dev.postrider.daemon;

import dev.postrider.account.AccountStates;
import dev.postrider.account.Causes;
import dev.postrider.cli.DaemonOptions;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.MasterConfig;
import dev.postrider.config.ServiceEntry;
import dev.postrider.control.ControlAnswer;
import dev.postrider.control.ControlClient;
import dev.postrider.control.ControlOutput;
import dev.postrider.control.ControlRequest;
import dev.postrider.control.ControlServer;
import dev.postrider.control.QueueEntry;
import dev.postrider.delivery.Transport;
import dev.postrider.event.Event;
import dev.postrider.intake.IntakeSource;
import dev.postrider.intake.MessageIntake;
import dev.postrider.io.OwnUser;
import dev.postrider.io.Pause;
import dev.postrider.log.MailLog;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.pickup.PickupService;
import dev.postrider.queue.Outlook;
import dev.postrider.queue.QueueClocks;
import dev.postrider.queue.QueueManager;
import dev.postrider.queue.SystemTimer;
import dev.postrider.smtp.SmtpTransport;
import dev.postrider.smtpd.Listener;
import dev.postrider.smtpd.ListeningSocket;
import dev.postrider.spool.QueueId;
import dev.postrider.spool.SegmentSpool;
import dev.postrider.spool.SpoolLimits;
import dev.postrider.spool.StoredMessage;
import dev.postrider.table.Tables;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The running mail system: makes the services, connects them, and ends them in order. */
final class Daemon implements Departure.Work {
  private static final String PROCESS = "master";

  /**
   * How long sessions and deliveries in hand may take to finish, side by side. What is interrupted
   * then needs a moment more, and "postfix stop" waits half a minute for all of it.
   */
  private static final Duration GRACE = Duration.ofSeconds(20);

  /** How long a daemon that leaves by itself goes on with what is in hand and due. */
  private static final Duration LEAVING_LIMIT = Duration.ofMinutes(5);

  private static final Duration LOOK = Duration.ofMillis(50);

  /** When to be called again for mail that could not even be begun. */
  private static final Duration SOON = Duration.ofMinutes(1);

  private final Path directory;
  private final Shared shared;
  private final MailLog log;
  private final SegmentSpool spool;
  private final EventRecord events = new EventRecord();
  private final MessageIntake intake;
  private final QueueManager queue;
  private final AccountStates accounts;
  private final Assembly.Memory memory;
  private final ControlServer control;
  private final RunFiles runFiles;
  private final ServiceManager manager;
  private final Departure departure;
  private final AtomicLong stored = new AtomicLong();
  private final long ownUid;
  private final Listeners listeners;
  private final ReentrantLock changes = new ReentrantLock();
  private final PickupService pickup;
  private final CountDownLatch ended = new CountDownLatch(1);
  private boolean stopped;
  private volatile int exitCode;
  private volatile Config config;
  private volatile IntakeSource source;
  private volatile Assembly assembly;

  /**
   * Starts everything. The sockets are bound and root's rights are gone already.
   *
   * @param entrances where mail comes in
   */
  Daemon(
      Config config,
      MasterConfig master,
      Entrances entrances,
      Shared shared,
      @Nullable Privileges privileges,
      DaemonOptions options,
      ServiceManager manager)
      throws IOException, ConfigException {
    this.config = config;
    this.directory = config.directory();
    this.shared = shared;
    this.log = shared.log();
    this.ownUid = OwnUser.uid();
    Path queueDirectory = Path.of(config.text("queue_directory"));
    this.spool =
        SegmentSpool.open(
            queueDirectory,
            new SegmentSpool.Settings(shared.disk(), log, shared.clock(), SpoolLimits.DEFAULT));
    // Intake, queue and bounces know each other; the queue is reached through this field.
    events.open(config, PROCESS, spool, log, shared.clock());
    Tables tables = new Tables(config, log, shared.rights());
    this.source = IntakeSource.of(config, tables::open);
    this.accounts =
        AccountStates.open(
            Path.of(config.text("data_directory")),
            shared.clock(),
            text -> log.warning("smtp", text));
    this.memory =
        new Assembly.Memory(
            accounts,
            Causes.open(
                Path.of(config.text("data_directory")),
                shared.clock(),
                text -> log.warning("bounce", text)));
    this.intake = new MessageIntake(() -> source, spool, log, new Stored(), events);
    this.assembly = Assembly.of(config, master, tables, shared, memory, intake, events);
    QueueClocks clocks = QueueClocks.of(shared.clock());
    this.queue =
        new QueueManager(
            assembly.queue(), spool, log, clocks, new SystemTimer(clocks.steady(), log));
    Alarm alarm = new Alarm(log, () -> this.config, accounts::stopped);
    alarm.begin();
    accounts.listen(new AccountNews(log, queue, () -> assembly, alarm));
    this.pickup =
        new PickupService(() -> this.config, entrances.submissions(), intake, log, shared.clock());
    this.runFiles = new RunFiles(queueDirectory);
    queue.start();
    this.listeners = new Listeners(() -> assembly, intake, log, privileges);
    listeners.start(entrances);
    // Before the first look at the maildrop: what comes after it is told that somebody is here.
    runFiles.write();
    pickup.start();
    this.control = ControlServer.start(ControlClient.socket(queueDirectory), this::handle, log);
    this.manager = manager;
    this.departure = new Departure(() -> options.idleLimit(this.config), options.lifetime(), this);
    log.info(
        PROCESS,
        "daemon started -- version "
            + config.text("mail_version")
            + ", configuration "
            + directory);
    // On a thread of its own: the one that tells is the one the spool's end waits for.
    spool.broken().thenAccept(why -> Thread.ofPlatform().name("broken").start(() -> broken(why)));
    departure.watch();
  }

  /** One that nobody supervises, with the rights it has, which runs until it is stopped. */
  static Daemon unattended(Config config, MasterConfig master, Shared shared)
      throws IOException, ConfigException {
    return new Daemon(
        config,
        master,
        Entrances.open(config, master, Activation.none(), text -> {}),
        shared,
        null,
        new DaemonOptions(config.directory(), true, false, false, Duration.ZERO),
        ServiceManager.of(Map.of(), text -> {}));
  }

  private final class Stored implements MessageIntake.Listener {
    @Override
    public void stored(StoredMessage message) {
      stored.incrementAndGet();
      queue.submit(message);
    }

    @Override
    public void expanded(StoredMessage message, List<Recipient> recipients) {
      assembly.queue().notifier().expanded(message, recipients);
    }
  }

  /** Tells whoever wants to know that it listens, and gives signs of life from now on. */
  void announce() {
    manager.ready(status());
    manager
        .watchdog()
        .ifPresent(
            limit -> Thread.ofVirtual().name("watchdog").start(() -> showLife(limit.dividedBy(3))));
  }

  private String status() {
    return "mail system " + config.text("mail_version") + " running, configuration " + directory;
  }

  /** A daemon whose queue hangs gives none, and is ended and started again. */
  private void showLife(Duration pause) {
    do {
      Outlook _ = queue.outlook();
      manager.alive();
    } while (Pause.of(pause));
  }

  private ControlAnswer handle(ControlRequest request, ControlOutput output) {
    return switch (request) {
      case ControlRequest.ListQueue _ -> {
        accounts.stopped().stream()
            .filter(each -> each.kind().wantsPerson())
            .forEach(output::account);
        try (Stream<QueueEntry> all = queue.listing().view().map(QueueEntries::of)) {
          all.forEach(output::entry);
        }
        long damaged = SegmentSpool.quarantined(Path.of(config.text("queue_directory")));
        if (damaged > 0) {
          output.damaged(damaged);
        }
        yield new ControlAnswer.Done();
      }
      case ControlRequest.Flush _ -> {
        forgetRefusedLogins();
        queue.orders().flush();
        yield new ControlAnswer.Done();
      }
      case ControlRequest.FlushMessage(String text) -> {
        Optional<QueueId> id = QueueId.parse(text);
        if (id.isPresent()) {
          forgetRefusedLogins();
          boolean found = queue.orders().flush(id.get());
          log.info("qmgr", text + (found ? ": to be tried now" : ": not in the queue"));
          if (found) {
            events.record(new Event.Changed(id.get(), Event.Change.FLUSHED, output.caller()));
          }
        }
        yield new ControlAnswer.Done();
      }
      case ControlRequest.FlushSite(String site) -> {
        forgetRefusedLogins();
        queue.orders().flushSite(site);
        yield new ControlAnswer.Done();
      }
      case ControlRequest.Accounts _ -> {
        accounts.stopped().forEach(output::account);
        yield new ControlAnswer.Done();
      }
      case ControlRequest.ResumeAccount(String login) -> {
        accounts.resume(login, "resumed by " + output.caller()).forEach(output::account);
        yield new ControlAnswer.Done();
      }
      case ControlRequest.Reload _ -> reload();
      case ControlRequest.Change change -> {
        Requeue requeue = new Requeue(intake, log, ownUid, config.flag("enable_long_queue_ids"));
        yield new QueueChanges(queue, spool, requeue, events).carryOut(change, output);
      }
    };
  }

  private void forgetRefusedLogins() {
    for (Transport transport : assembly.transports().values()) {
      if (transport instanceof SmtpTransport smtp) {
        smtp.forgetRefusedLogins();
      }
    }
  }

  /** Takes a changed configuration; a bad one changes nothing. */
  ControlAnswer reload() {
    changes.lock();
    try {
      if (stopped) {
        return new ControlAnswer.Failed("the mail system is stopping");
      }
      manager.reloading();
      // After a rotation the file of that name is a new one, whatever becomes of the rest.
      shared.log().reopen();
      Config config = Config.load(directory);
      MasterConfig master = MasterConfig.load(directory).enabled(config);
      List<String> unsafe = new ArrayList<>();
      ConfigProblems.check(config, warning -> log.warning(PROCESS, warning), unsafe::add);
      if (!unsafe.isEmpty()) {
        throw new ConfigException(String.join("; ", unsafe));
      }
      Assembly old = assembly;
      if (!config.text("queue_directory").equals(old.config().text("queue_directory"))) {
        throw new ConfigException(
            "queue_directory has changed: that needs \"postfix stop\" and \"postfix start\"");
      }
      Tables tables = new Tables(config, log, shared.rights());
      Assembly fresh = Assembly.of(config, master, tables, shared, memory, intake, events);
      Map<ServiceEntry, List<ListeningSocket>> added = listeners.bindAdded(fresh);
      if (shared.log() instanceof DaemonLog own) {
        own.use(config);
      }
      tellHelper(config, added);
      this.config = config;
      source = IntakeSource.of(config, tables::open);
      assembly = fresh;
      accounts.allowTry();
      queue.reload(fresh.queue());
      listeners.change(fresh, added);
      close(old);
      departure.watch();
      log.info(
          PROCESS,
          "reload -- version " + config.text("mail_version") + ", configuration " + directory);
      return new ControlAnswer.Done();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new ControlAnswer.Failed("the mail system is stopping");
    } catch (ConfigException | IOException e) {
      log.error(PROCESS, "reload refused, the old settings stay in use: " + e.getMessage());
      return new ControlAnswer.Failed(
          "reload refused, the old settings stay in use: " + e.getMessage());
    } finally {
      if (!stopped) {
        manager.ready(status());
      }
      changes.unlock();
    }
  }

  /** If that fails nothing has changed, so nobody may listen either. */
  private void tellHelper(Config config, Map<ServiceEntry, List<ListeningSocket>> added)
      throws IOException, ConfigException, InterruptedException {
    boolean told = false;
    try {
      shared.helper().reload(config);
      told = true;
    } finally {
      if (!told) {
        Listeners.close(added.values());
      }
    }
  }

  @Override
  public boolean isBusy() {
    return queue.outlook().isBusy()
        || !pickup.isIdle()
        || !control.isIdle()
        || !listeners.areIdle();
  }

  @Override
  public long activity() {
    return stored.get() + listeners.accepted();
  }

  /**
   * Takes no more clients, finishes what is in hand and whatever is due, and ends. When the first
   * deferred message is due again is left for whoever starts the next daemon.
   */
  @Override
  public void leave(String why) throws InterruptedException {
    log.info(PROCESS, why);
    manager.stopping(why);
    long deadline = System.nanoTime() + LEAVING_LIMIT.toNanos();
    for (Listener listener : listeners.all()) {
      listener.close(LEAVING_LIMIT);
    }
    try {
      do {
        runFiles.write();
        while (isBusy() && System.nanoTime() < deadline && Pause.of(LOOK)) {
          // It goes on by itself.
        }
        // From here on sendmail starts the next daemon, which waits for this one's end.
        runFiles.remove();
      } while (pickup.sweep() && System.nanoTime() < deadline);
      Optional<Instant> next =
          isBusy()
              ? Optional.of(shared.clock().instant().plus(SOON))
              : queue.outlook().nextAttempt();
      if (next.isPresent()) {
        runFiles.wakeUp(next.get());
      }
    } catch (IOException e) {
      log.error(PROCESS, "while leaving: " + e.getMessage());
    }
    stop();
  }

  /** Whether standard output is the log's, so that nothing else may be printed there. */
  boolean logsToStandardOutput() {
    return config.text("maillog_file").equals("/dev/stdout");
  }

  /** Finishes what is in hand, within a limit, and ends. Later calls do nothing. */
  void stop() {
    end(GRACE, 0);
  }

  /** How signals end it. */
  Termination.Ending ending() {
    return new Termination.Ending() {
      @Override
      public void gently() {
        stop();
      }

      @Override
      public void atOnce() {
        endAtOnce();
      }

      @Override
      public void halt(int code) {
        Runtime.getRuntime().halt(code);
      }
    };
  }

  /**
   * Makes sure of what is recorded, so that nothing is delivered twice for that; the caller ends
   * the process then.
   */
  private void endAtOnce() {
    log.warning(
        PROCESS,
        "terminating at once, as was asked for a second time: what is in hand is repeated after the"
            + " next start");
    try {
      spool.flush();
    } catch (IOException e) {
      // Closed already, most likely: then a moment more is all it takes.
      awaitEndFor(Duration.ofSeconds(1));
    }
    shared.log().close();
  }

  private void awaitEndFor(Duration limit) {
    try {
      boolean _ = ended.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for the end and returns the exit code: 0 after {@link #stop}, else 1. */
  int awaitEnd() throws InterruptedException {
    ended.await();
    return exitCode;
  }

  /**
   * Ends at once, because nothing can be recorded: what is delivered now would be delivered again.
   */
  private void broken(IOException why) {
    log.error(
        PROCESS,
        "fatal: nothing can be recorded any more, so deliveries end now: "
            + why.getMessage()
            + " (accepted mail is in the spool: start the mail system again)");
    try {
      // Before the lock: a reload may hold that for a while.
      queue.shutdown(Duration.ZERO);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    end(Duration.ZERO, 1);
  }

  private void end(Duration grace, int code) {
    changes.lock();
    try {
      if (stopped) {
        return;
      }
      stopped = true;
      exitCode = code;
      log.info(PROCESS, "terminating");
      manager.stopping("terminating");
      finishWhatIsInHand(grace);
      close(assembly);
      // While the spool is locked: afterwards they may be another daemon's.
      control.close();
      runFiles.remove();
      spool.close();
    } catch (IOException e) {
      log.error(PROCESS, "while stopping: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      events.close();
      shared.log().close();
      ended.countDown();
      changes.unlock();
    }
  }

  private void finishWhatIsInHand(Duration grace) throws InterruptedException {
    List<Future<?>> endings = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Listener listener : listeners.all()) {
        endings.add(threads.submit(() -> listener.close(grace)));
      }
      endings.add(
          threads.submit(() -> {
            pickup.close();
            return null;
          }));
      endings.add(
          threads.submit(() -> {
            queue.shutdown(grace);
            return null;
          }));
    }
    for (Future<?> each : endings) {
      try {
        each.get();
      } catch (ExecutionException e) {
        log.error(PROCESS, "while stopping: " + e.getCause());
      }
    }
  }

  /** Ends the connections that rest; one in use ends when its message is through. */
  private static void close(Assembly replaced) {
    for (Transport transport : replaced.transports().values()) {
      if (transport instanceof SmtpTransport smtp) {
        smtp.close();
      }
    }
  }
}

package dev.postrider.queue;

import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.event.Event;
import dev.postrider.io.EndlessWork;
import dev.postrider.log.MailLog;
import dev.postrider.spool.Mark;
import dev.postrider.spool.QueueId;
import dev.postrider.spool.Spool;
import dev.postrider.spool.SpoolView;
import dev.postrider.spool.StoredMessage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gets stored messages delivered: claims them, has them routed, runs the transports within the
 * limits, records every fate, retries, and has senders told [qmgr]. Safe on any thread.
 *
 * <p>Every message in the active set has one virtual thread that routes it; that thread then works
 * off whatever jobs become free, so that one message for one destination costs one thread and two
 * short looks at the scheduler. All waiting for time is the {@link Timer}'s.
 */
public final class QueueManager {
  static final String PROCESS = "qmgr";

  /** How often to look for changes outside while mail waits for them. */
  private static final Duration LOOK = Duration.ofSeconds(10);

  private final Spool spool;
  private final MailLog log;
  private final InstantSource clock;
  private final Timeline time;
  private final Timer timer;
  private final ExecutorService workers;
  private final ActiveSet active;
  private final Scheduler scheduler;
  private final AttemptEnd end;
  private final Parked parked = new Parked();
  private final RandomGenerator random;
  private final QueueOrders orders;
  private final QueueListing listing;
  private volatile Rules rules;

  /** When to look at the circumstances again; steady. */
  private volatile Instant nextLook = Instant.MAX;

  /** What was stored up to here may have been met by {@link #takeUp} before it was submitted. */
  private volatile Instant takenUp = Instant.MAX;

  /**
   * Prepares the queue; nothing runs before {@link #start}.
   *
   * @param timer by the steady clock
   */
  public QueueManager(QueueSetup setup, Spool spool, MailLog log, QueueClocks clocks, Timer timer) {
    this(
        setup,
        spool,
        log,
        clocks,
        timer,
        new Random(),
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("queue ", 0).factory()));
  }

  QueueManager(
      QueueSetup setup,
      Spool spool,
      MailLog log,
      QueueClocks clocks,
      Timer timer,
      RandomGenerator random,
      ExecutorService workers) {
    this.random = random;
    this.rules = new Rules(setup, random);
    this.spool = spool;
    this.log = log;
    this.clock = clocks.clock();
    this.time = new Timeline(clocks);
    this.timer = timer;
    this.workers = workers;
    this.active = new ActiveSet(rules.activeLimit);
    this.scheduler =
        new Scheduler(setup::limitsOf, rules.activeLimit, timer::wakeAt, active::release);
    this.end = new AttemptEnd(spool, log, clock, time, parked);
    this.orders = new QueueOrders(spool, active, scheduler, this::admit);
    this.listing = new QueueListing(spool, active, () -> rules.longIds);
  }

  /** Begins: takes up what the spool holds, in the background, and what comes from now on. */
  public void start() {
    timer.start(this::tick);
    execute(
        new EndlessWork(
            this::takeUp,
            (why, pause) ->
                log.bug(PROCESS, "taking up the queue" + EndlessWork.again(pause), why)));
  }

  private void tick() {
    lookAtTheClock();
    Instant now = time.now();
    Work work = scheduler.due(now, rules);
    if (!now.isBefore(nextLook)) {
      nextLook = Instant.MAX;
      execute(this::look);
    }
    if (!work.isEmpty()) {
      execute(() -> work(work));
    }
    admit();
  }

  private void lookAtTheClock() {
    Duration step = time.look();
    if (!step.isZero()) {
      log.warning(
          PROCESS,
          "the clock was set "
              + (step.isNegative() ? "back" : "forward")
              + " by "
              + step.abs().toSeconds()
              + " s: mail in the queue grows old and is tried again by the time that really passes");
    }
  }

  /** Looks whether something outside was mended, as long as somebody waits for that. */
  private void look() {
    if (!scheduler.anyoneWaits() && parked.isEmpty()) {
      return;
    }
    try {
      String change = rules.setup.circumstances().change();
      if (!change.isEmpty()) {
        Work work = scheduler.mended();
        int called = wakeParked();
        log.info(
            PROCESS, change + ": deferred messages tried now: " + (work.woken().size() + called));
        work(work);
      }
    } finally {
      lookLater();
    }
  }

  private void lookLater() {
    Instant when = time.now().plus(LOOK);
    if (nextLook.isAfter(when)) {
      nextLook = when;
      timer.wakeAt(when);
    }
  }

  /** May be repeated: what is taken up twice is a hint too many. */
  private void takeUp() {
    try (Stream<SpoolView.Standing> all = spool.standings()) {
      all.forEach(standing -> {
        if (standing.held()) {
          if (standing.marks().contains(Mark.AWAITS_REMEDY)) {
            parked.held(standing.id());
          }
          return;
        }
        if (standing.attempts() == 0) {
          active.addFresh(standing.id());
        } else {
          active.addDeferred(standing.id(), millis(due(standing.nextAttempt())));
        }
      });
    }
    takenUp = clock.instant();
    if (!parked.isEmpty()) {
      lookLater();
    }
    admit();
  }

  /** When a message is due for which the spool has a time; steady. */
  private Instant due(Instant nextAttempt) {
    return time.due(nextAttempt, rules.schedule.longestWait());
  }

  /** Takes a message that was just stored. Returns at once. */
  public void submit(StoredMessage message) {
    lookAtTheClock();
    if (message.held()) {
      return;
    }
    if (!message.arrival().isAfter(takenUp)) {
      // It may be delivered and gone by now: only the spool knows.
      active.addFresh(message.id());
      admit();
      return;
    }
    Claim claim = active.claimNew(message.id());
    if (claim == null) {
      admit();
    } else {
      execute(() -> begin(claim, message));
    }
  }

  /** Claims what waits and is due, as far as there is room, and has the timer call for the rest. */
  private void admit() {
    long now = time.now().toEpochMilli();
    for (ActiveSet.Candidate next = active.claimNext(now);
        next != null;
        next = active.claimNext(now)) {
      ActiveSet.Candidate candidate = next;
      execute(() -> load(candidate));
    }
    long due = active.nextDue();
    if (due != Long.MAX_VALUE) {
      timer.wakeAt(Instant.ofEpochMilli(due));
    }
  }

  private void load(ActiveSet.Candidate candidate) {
    Claim claim = candidate.claim();
    try {
      if (!candidate.isTaken()) {
        load(claim, candidate.woken());
      }
    } finally {
      work(scheduler.arrived(claim));
    }
  }

  private void load(Claim claim, boolean woken) {
    StoredMessage message;
    try {
      message = spool.find(claim.id).orElse(null);
    } catch (RuntimeException | Error e) {
      log.bug(PROCESS, claim.id.print(rules.longIds) + ": cannot be read from the spool", e);
      active.releaseUntil(claim, millis(time.now().plus(Duration.ofMinutes(5))));
      admit();
      return;
    }
    if (message == null || message.held() || claim.isWithdrawn()) {
      active.release(claim);
      admit();
    } else if (message.attempts() > 0 && !woken && due(message.nextAttempt()).isAfter(time.now())) {
      active.releaseUntil(claim, millis(due(message.nextAttempt())));
      admit();
    } else {
      begin(claim, message);
    }
  }

  private void begin(Claim claim, StoredMessage message) {
    MessageAttempt attempt =
        new MessageAttempt(claim, message, rules, time.since(message.arrival()));
    if (message.pending().isEmpty()) {
      // A crash came between the last recipient and the removal.
      attempt.announce(log);
      attempt.end(spool.remove(message.id()), Event.Ending.DELIVERED);
      log.info(PROCESS, attempt.id + ": removed");
      letGo(claim, null);
      return;
    }
    Itinerary itinerary;
    try {
      itinerary = Itinerary.of(attempt, scheduler);
      if (!claim.flushed) {
        itinerary = itinerary.without(rules.deferredTransports);
      }
    } catch (RuntimeException | Error e) {
      log.bug(PROCESS, attempt.id + ": routing", e);
      itinerary = Itinerary.nowhere(attempt, Delivery.unexpected());
    }
    if (itinerary.shares().isEmpty() || !itinerary.undeliverable().isEmpty()) {
      attempt.announce(log);
    }
    for (Itinerary.Dead each : itinerary.undeliverable()) {
      Job job = new Job(attempt, Destination.NONE, new int[] {each.recipient()});
      new JobReport(job, spool, log).reportRest(each.status());
      if (each.status() instanceof DeliveryStatus.Deferred) {
        attempt.unreached(Destination.NONE.key);
      }
      ended(job);
    }
    if (!itinerary.shares().isEmpty()) {
      boolean parkable = itinerary.undeliverable().isEmpty();
      work(scheduler.add(attempt, itinerary.shares(), parkable, time.now()));
      admit();
    }
  }

  /** Does one job after the other, as long as the scheduler has one; hands the others on. */
  private void work(Work first) {
    Work work = first;
    while (true) {
      callBack(work);
      Job own = null;
      for (Job job : work.jobs()) {
        if (own == null) {
          own = job;
        } else {
          execute(() -> work(run(job)));
        }
      }
      for (Suspended each : work.suspended()) {
        suspend(each);
      }
      if (own == null) {
        return;
      }
      work = run(own);
    }
  }

  private void callBack(Work work) {
    if (work.recalled().isEmpty() && work.woken().isEmpty() && work.scouts().isEmpty()) {
      return;
    }
    active.addRecalled(work.recalled());
    for (QueueId each : work.woken()) {
      active.addDeferred(each, DueHeap.WOKEN);
    }
    work.scouts().forEach(this::scout);
    admit();
  }

  /** Sends one message ahead to a destination that was dead. */
  private void scout(Destination destination) {
    QueueId id = scheduler.scout(destination, null);
    while (id != null && spool.find(id).isEmpty()) {
      id = scheduler.scout(destination, id);
    }
    if (id != null) {
      active.addDeferred(id, DueHeap.WOKEN);
    }
  }

  /** Delivers one job and gives its permits back, whatever happens. */
  private Work run(Job job) {
    MessageAttempt attempt = job.attempt();
    JobResult result = new JobResult.Unknown();
    if (!attempt.claim.isWithdrawn()) {
      attempt.announce(log);
      JobReport report = new JobReport(job, spool, log);
      try {
        result = Delivery.run(job, report, log);
      } catch (RuntimeException | Error e) {
        log.bug(PROCESS, attempt.id + ": recording a delivery", e);
      }
    }
    // Before the end of the attempt, which asks whether the destination is dead.
    Work work = scheduler.finished(job, result, time.now());
    ended(job);
    return work;
  }

  private void suspend(Suspended suspended) {
    DeliveryStatus.Deferred cause = suspended.cause();
    DeliveryStatus status =
        new DeliveryStatus.Deferred(
            cause.code(),
            "delivery temporarily suspended: " + cause.text(),
            DeliveryStatus.Attempt.here("error", "none"));
    Job job = suspended.job();
    if (!job.attempt().claim.isWithdrawn()) {
      job.attempt().announce(log);
      new JobReport(job, spool, log).reportRest(status);
      job.attempt().unreached(job.destination().key);
    }
    ended(job);
  }

  /** Ends the attempt with its last job. */
  private void ended(Job job) {
    MessageAttempt attempt = job.attempt();
    if (!attempt.finished(job.recipients().length)) {
      return;
    }
    Instant next = null;
    try {
      next = end.settle(attempt);
    } catch (RuntimeException | Error e) {
      log.bug(PROCESS, attempt.id + ": end of an attempt", e);
      next = time.now().plus(attempt.rules.deadTime);
    }
    if (next == null) {
      if (attempt.message.attempts() > 0) {
        scheduler.left(attempt.message.id());
        parked.left(attempt.message.id());
      }
    } else if (!attempt.unreached().isEmpty()) {
      scheduler.waits(attempt);
      lookLater();
    }
    if (!parked.isEmpty()) {
      lookLater();
    }
    letGo(attempt.claim, next);
  }

  private void letGo(Claim claim, @Nullable Instant next) {
    if (next == null) {
      active.release(claim);
      if (claim.isWithdrawn()
          && spool.find(claim.id).map(message -> !message.held()).orElse(false)) {
        // Released again while the attempt it was held in was running out.
        active.addDeferred(claim.id, DueHeap.WOKEN);
      }
    } else {
      active.releaseUntil(claim, millis(next));
    }
    admit();
  }

  /** The next whole millisecond: earlier would be before the time recorded in the spool. */
  private static long millis(Instant instant) {
    return instant.plusNanos(999_999).toEpochMilli();
  }

  private void execute(Runnable task) {
    try {
      workers.execute(() -> {
        try {
          task.run();
        } catch (RuntimeException | Error e) {
          log.bug(PROCESS, "a worker of the queue", e);
        }
      });
    } catch (RejectedExecutionException _) {
      // Stopping: the spool has the message, the next start takes it up.
    }
  }

  /** What an administrator may ask of the queue. */
  public QueueOrders orders() {
    return orders;
  }

  /** What is in the queue. */
  public QueueListing listing() {
    return listing;
  }

  /**
   * Tries the messages now that wait for people: for an account, or on hold for a setting.
   *
   * @return how many
   */
  public int wakeParked() {
    int count = 0;
    for (QueueId id : parked.takeHeld()) {
      Optional<StoredMessage> message = spool.find(id);
      if (message.isPresent()
          && message.get().held()
          && message.get().marks().contains(Mark.AWAITS_REMEDY)
          && orders.release(id)) {
        rules.setup.events().record(new Event.Changed(id, Event.Change.RELEASED, PROCESS));
        count++;
      }
    }
    List<QueueId> waiting = parked.takeWaiting();
    for (QueueId id : waiting) {
      active.addDeferred(id, DueHeap.WOKEN);
    }
    admit();
    return count + waiting.size();
  }

  /** Takes new settings; attempts that run keep the old ones. */
  public void reload(QueueSetup newSetup) {
    rules = new Rules(newSetup, random);
    active.limit(rules.activeLimit);
    Work work = scheduler.reload(newSetup::limitsOf, rules.activeLimit, time.now());
    execute(() -> {
      int _ = wakeParked();
      work(work);
    });
    admit();
  }

  /** What there is to do, as far as can be said now. */
  public Outlook outlook() {
    boolean isBusy =
        takenUp.equals(Instant.MAX)
            || active.isBusy(time.now().toEpochMilli())
            || !scheduler.isAtRest();
    long due = active.nextDue();
    return new Outlook(
        isBusy,
        due == Long.MAX_VALUE
            ? Optional.empty()
            : Optional.of(time.clockAt(Instant.ofEpochMilli(due))));
  }

  /** For tests: how many destinations are remembered. */
  int remembered() {
    return scheduler.remembered();
  }

  /**
   * Ends: starts nothing more and waits for what runs; what still runs after {@code grace} is
   * interrupted and tried again after the next start.
   */
  public void shutdown(Duration grace) throws InterruptedException {
    active.close();
    scheduler.pause();
    timer.stop();
    workers.shutdown();
    if (!workers.awaitTermination(grace.toNanos(), TimeUnit.NANOSECONDS)) {
      workers.shutdownNow();
      if (!workers.awaitTermination(5, TimeUnit.SECONDS)) {
        log.warning(PROCESS, "some deliveries do not end; they are repeated after the next start");
      }
    }
  }
}

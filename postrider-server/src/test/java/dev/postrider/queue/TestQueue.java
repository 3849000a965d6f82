package dev.postrider.queue;

import dev.postrider.bounce.BounceNotifier;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.delivery.Transport;
import dev.postrider.event.Event;
import dev.postrider.intake.IntakeOutcome;
import dev.postrider.intake.Submission;
import dev.postrider.log.RememberedLog;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mail.reply.Reply;
import dev.postrider.route.Router;
import dev.postrider.spool.Draft;
import dev.postrider.spool.RamSpool;
import dev.postrider.spool.StoredMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A queue with everything around it made of memory, and time that the test moves. */
final class TestQueue {
  /** A change of the circumstances that cannot be looked at. */
  static final String BUG = "a bug";

  static final Instant START = Instant.parse("2026-11-20T09:00:00Z");

  final RememberedLog log = new RememberedLog();
  final FakeTransport smtp = new FakeTransport();
  final FakeTransport local = new FakeTransport();
  final List<Submission> notices = new ArrayList<>();
  final List<String> noticeTexts = new ArrayList<>();
  final List<Event> events = Collections.synchronizedList(new ArrayList<>());
  final @Nullable ManualExecutor executor;
  final RamSpool spool;
  final QueueManager manager;
  final Map<String, String> settings = new HashMap<>();
  private volatile Instant now;

  /** What the clock is ahead of the time that passes. */
  private volatile Duration set = Duration.ZERO;

  private Runnable tick = () -> {};
  private Instant wake = Instant.MAX;
  final List<String> changes = new ArrayList<>();
  boolean intakeFull;

  private TestQueue(
      @Nullable RamSpool left,
      Instant now,
      boolean threads,
      FakeTransport.Behaviour behaviour,
      Map<String, String> overrides) {
    smtp.behave(behaviour);
    this.now = left == null ? now.minusSeconds(1) : now;
    this.spool = left == null ? new RamSpool(this::clock) : left;
    settings.put("myhostname", "mail.example.test");
    settings.put("myorigin", "example.test");
    settings.put("mydestination", "example.test");
    settings.put("relayhost", "");
    settings.putAll(overrides);
    ExecutorService workers;
    if (threads) {
      executor = null;
      workers = Executors.newVirtualThreadPerTaskExecutor();
    } else {
      executor = new ManualExecutor();
      workers = executor;
    }
    manager =
        new QueueManager(
            setup(),
            spool,
            log,
            new QueueClocks(this::clock, () -> this.now),
            timer(),
            new Random(1),
            workers);
    manager.start();
    settle();
    this.now = now;
  }

  /** Everything happens in the test's thread. */
  static TestQueue of(String... settings) {
    return new TestQueue(null, START, false, FakeTransport::accept, pairs(settings));
  }

  /** Real threads, for tests of what runs at the same time. */
  static TestQueue threaded(String... settings) {
    return new TestQueue(null, START, true, FakeTransport::accept, pairs(settings));
  }

  /** Ends this queue as a crash does, and starts another on the spool it leaves. */
  TestQueue restarted(String... newSettings) throws InterruptedException {
    manager.shutdown(Duration.ZERO);
    return new TestQueue(spool, clock(), false, FakeTransport::accept, pairs(newSettings));
  }

  /** The same, with a transport that delivers nothing. */
  TestQueue restartedWithoutLuck() throws InterruptedException {
    manager.shutdown(Duration.ZERO);
    return new TestQueue(spool, clock(), false, FakeTransport::putOff, Map.of());
  }

  private static Map<String, String> pairs(String... settings) {
    Map<String, String> map = new HashMap<>();
    for (String each : settings) {
      int equals = each.indexOf('=');
      map.put(each.substring(0, equals).strip(), each.substring(equals + 1).strip());
    }
    return map;
  }

  QueueSetup setup() {
    Config config = Config.of(Path.of("/nonexistent"), settings);
    Map<String, Transport> transports =
        Map.of("smtp", smtp, "relay", smtp, "local", local, "slow", smtp);
    Router router =
        new Router(
            config,
            transports::containsKey,
            spec -> {
              throw new ConfigException("no tables here: " + spec);
            });
    BounceNotifier notifier =
        new BounceNotifier(config, this::intake, log, this::clock, ZoneOffset.UTC);
    return new QueueSetup(
        config, List.of(), transports, router, notifier, this::change, events::add);
  }

  private String change() {
    String change = changes.isEmpty() ? "" : changes.removeFirst();
    if (change.equals(BUG)) {
      throw new IllegalStateException("a bug for the test");
    }
    return change;
  }

  private synchronized IntakeOutcome intake(Submission submission, InputStream content)
      throws IOException {
    if (intakeFull) {
      return new IntakeOutcome.Refused(Reply.of(452, "4.3.1 Insufficient system storage"));
    }
    String text = new String(content.readAllBytes(), StandardCharsets.UTF_8);
    notices.add(submission);
    noticeTexts.add(text);
    StoredMessage stored = store(submission.envelope(), text);
    manager.submit(stored);
    return new IntakeOutcome.Stored(stored);
  }

  private Timer timer() {
    return new Timer() {
      @Override
      public void start(Runnable newTick) {
        tick = newTick;
      }

      @Override
      public void wakeAt(Instant when) {
        wake = when.isBefore(wake) ? when : wake;
      }

      @Override
      public void stop() {
        tick = () -> {};
      }
    };
  }

  Instant now() {
    return now;
  }

  private Instant clock() {
    return now.plus(set);
  }

  /** Sets the clock forward, or back. Time passes as before. */
  void setClock(Duration by) {
    set = set.plus(by);
  }

  /** Does what is to be done now. */
  void settle() {
    if (executor != null) {
      executor.runAll();
    }
  }

  /** Lets time pass, with every call of the timer on its way. */
  void pass(Duration span) {
    Instant end = now.plus(span);
    while (!wake.isAfter(end)) {
      now = wake.isAfter(now) ? wake : now;
      wake = Instant.MAX;
      tick.run();
      settle();
    }
    now = end;
  }

  StoredMessage submit(String sender, String... recipients) {
    StoredMessage message = store(envelope(sender, recipients), "Subject: hello\n\ntext\n");
    manager.submit(message);
    settle();
    return message;
  }

  /** Stores a message that the queue does not hear of. */
  StoredMessage store(Envelope envelope, String content) {
    try (Draft draft = spool.draft()) {
      draft.content().write(content.getBytes(StandardCharsets.UTF_8));
      return draft.commit(envelope);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Envelope envelope(String sender, String... recipients) {
    ReversePath path = sender.isEmpty() ? new ReversePath.Null() : ReversePath.of(mailbox(sender));
    List<Recipient> list = new ArrayList<>();
    for (String each : recipients) {
      list.add(Recipient.of(mailbox(each)));
    }
    return Envelope.of(path, list);
  }

  static Mailbox mailbox(String text) {
    int at = text.lastIndexOf('@');
    return new Mailbox(text.substring(0, at), text.substring(at + 1));
  }
}

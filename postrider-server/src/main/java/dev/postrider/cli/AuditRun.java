package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.control.ControlAnswer;
import dev.postrider.control.ControlClient;
import dev.postrider.control.ControlRequest;
import dev.postrider.control.QueueEntry;
import dev.postrider.event.EventLine;
import dev.postrider.event.EventReader;
import dev.postrider.event.Finding;
import dev.postrider.event.Ledger;
import dev.postrider.spool.QueueId;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * One audit. For one thread.
 *
 * <p>The queue is listed first and the log read afterwards, to its end. While a daemon runs, both
 * have moved meanwhile: a message may have been accepted or have ended between the two. Nothing is
 * believed at once, therefore: whoever looks wrong is looked at again, in a new listing and with
 * what the log says by then, until it looks right or has looked wrong {@link #ROUNDS} times. A
 * message that is accepted after the first listing ends is judged only by what the log itself says.
 */
final class AuditRun {
  private static final int ROUNDS = 5;
  private static final Duration BETWEEN = Duration.ofMillis(700);
  private static final int MOST_FINDINGS = 1_000;

  final Ledger ledger = new Ledger();
  private final Config config;
  private final EventReader reader;
  private final QueueReader.StoppedQueue stoppedQueue;
  private long[] queue = {};
  private boolean running;
  private long unsettled;
  private long faults;

  AuditRun(Config config, EventReader reader, QueueReader.StoppedQueue stoppedQueue) {
    this.config = config;
    this.reader = reader;
    this.stoppedQueue = stoppedQueue;
  }

  /** Reads all; returns what must not be, bounded. */
  List<Finding> run() throws IOException, InterruptedException {
    listQueue();
    read();
    long[] suspects = suspects(candidates());
    for (int round = 1; round < ROUNDS && running && suspects.length > 0; round++) {
      Thread.sleep(BETWEEN);
      listQueue();
      read();
      suspects = suspects(suspects);
    }
    boolean crashed = !running && !ledger.isStopped();
    List<Finding> found = new ArrayList<>(ledger.findings());
    faults = ledger.findingCount();
    for (long micros : suspects) {
      QueueId id = new QueueId(micros);
      String fault = ledger.fault(id, isQueued(micros));
      if (fault != null && crashed && !ledger.contradictsItself(id)) {
        // The next start says what is to be said of these.
        unsettled++;
      } else if (fault != null) {
        faults++;
        if (found.size() < MOST_FINDINGS) {
          found.add(new Finding(id, fault));
        }
      }
    }
    return found;
  }

  /** All that the log knows or that is in the queue. */
  private long[] candidates() {
    long[] known = ledger.ids();
    long[] all = Arrays.copyOf(known, known.length + queue.length);
    System.arraycopy(queue, 0, all, known.length, queue.length);
    return Arrays.stream(all).sorted().distinct().toArray();
  }

  private long[] suspects(long[] candidates) {
    return Arrays.stream(candidates)
        .filter(micros -> ledger.fault(new QueueId(micros), isQueued(micros)) != null)
        .toArray();
  }

  private boolean isQueued(long micros) {
    return Arrays.binarySearch(queue, micros) >= 0;
  }

  private void read() throws IOException {
    reader.read(
        new EventReader.Visitor() {
          @Override
          public void line(EventLine line) {
            ledger.take(line);
          }

          @Override
          public void damaged(Path file, long offset) {
            ledger.damagedLine();
          }

          @Override
          public void gap(long first, long last) {
            ledger.gap(last - first + 1);
          }
        });
  }

  private void listQueue() throws IOException {
    IdList ids = new IdList();
    Consumer<QueueEntry> each =
        entry -> {
          if (!entry.queue().equals("maildrop")) {
            QueueId.parse(entry.id()).ifPresent(id -> ids.add(id.micros()));
          }
        };
    Path socket = ControlClient.socket(Path.of(config.text("queue_directory")));
    try {
      running = true;
      if (ControlClient.ask(socket, new ControlRequest.ListQueue(), each::accept)
          instanceof ControlAnswer.Failed(String text)) {
        throw new IOException(text);
      }
    } catch (SocketException | NoSuchFileException e) {
      running = false;
      stoppedQueue.list(config, each);
    }
    queue = ids.sorted();
  }

  /** Numbers in a growing array. */
  private static final class IdList {
    private long[] ids = new long[1024];
    private int size;

    void add(long id) {
      if (size == ids.length) {
        ids = Arrays.copyOf(ids, size * 2);
      }
      ids[size++] = id;
    }

    long[] sorted() {
      return Arrays.stream(ids, 0, size).sorted().distinct().toArray();
    }
  }

  /** Whether nothing is wrong, and nothing is missing from what proves it. */
  boolean holds() {
    return faults == 0
        && ledger.countOf("lost") == 0
        && ledger.countOf("damaged lines") == 0
        && ledger.countOf("missing files") == 0;
  }

  long faults() {
    return faults;
  }

  int queued() {
    return queue.length;
  }

  boolean isRunning() {
    return running;
  }

  /** Messages of which a crash that no start has followed yet left it open what became of them. */
  long unsettled() {
    return unsettled;
  }
}

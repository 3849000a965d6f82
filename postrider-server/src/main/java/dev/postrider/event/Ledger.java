package dev.postrider.event;

import dev.postrider.spool.QueueId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the books over an event log: for each message how often it was accepted, ended and came
 * back, and which of its recipients are done. Does not depend on the order of events of different
 * messages. Memory: about thirty bytes for each message of the log, and more only for those with
 * several recipients while some are done and some not. For one thread.
 */
public final class Ledger {
  /** More is counted, not listed. */
  private static final int MOST_FINDINGS = 1_000;

  /** How far threads that waited for the log may have been overtaken. */
  private static final int DISORDER_SECONDS = 2;

  // A message's state: three small counters, then flags.
  private static final int ACCEPTED_SHIFT = 0;
  private static final int ENDED_SHIFT = 4;
  private static final int BACK_SHIFT = 8;
  private static final int MOST = 15;
  private static final int SETTLED = 1 << 12;
  private static final int FRESH = 1 << 13;
  private static final int BEFORE = 1 << 14;
  private static final int UNSURE = 1 << 15;
  private static final int GONE = 1 << 16;
  private static final int DAMAGED = 1 << 17;
  private static final int TAKEN_AWAY = 1 << 18;

  private final IdTable table = new IdTable();
  private final Map<Long, Settled> several = new HashMap<>();
  private final List<Finding> findings = new ArrayList<>();
  private final Map<String, Long> counts = new HashMap<>();
  private long findingCount;
  private @Nullable Instant begin;
  private String latest = "";
  private boolean complete;
  private String lastEvent = "";

  /** Takes the next line of the log. */
  public void take(EventLine line) {
    String event = line.event();
    if (begin == null) {
      begin = line.time();
      complete = event.equals("start") && line.is("after", "none");
    }
    lastEvent = event;
    latest = line.word("time");
    Optional<QueueId> id = line.id();
    if (id.isEmpty()) {
      ofTheLog(event, line);
      return;
    }
    long micros = id.get().micros();
    int place = table.place(micros);
    switch (event) {
      case "accepted" -> {
        count("accepted");
        add(place, ACCEPTED_SHIFT);
        table.count(place, (int) line.number("recipients", 0));
        if (line.is("from", "import")) {
          imported(micros, place, line);
        }
      }
      case "attempt" -> {
        if (line.is("status", "sent")) {
          settle(micros, place, (int) line.number("recipient", -1));
        }
      }
      case "returned" -> returned(micros, place, line);
      case "end" -> end(micros, place, line);
      case "recovered" -> recovered(micros, place, line);
      case "gone" -> {
        count("gone");
        add(place, ENDED_SHIFT);
        set(place, GONE | (line.is("damaged", "yes") ? DAMAGED : 0));
        several.remove(micros);
      }
      default -> {
        // What moves nothing: deferred, held, released, expired, flushed.
      }
    }
  }

  /** Who was served from the queue that it comes from is not served again. */
  private void imported(long id, int place, EventLine line) {
    BitSet done = Ranges.parse(line.word("done"));
    if (done == null) {
      set(place, UNSURE);
    } else {
      state(id, place, done);
    }
  }

  private void ofTheLog(String event, EventLine line) {
    switch (event) {
      case "start" -> {
        count("start");
        if (line.is("after", "crashed") || line.is("after", "off")) {
          count(line.is("after", "off") ? "off" : "crash");
          crashed();
        }
      }
      case "lost" -> count("lost", line.number("count", 1));
      case "damage" -> count("damage", line.number("places", 1));
      default -> {
        // stop, off: the next start says it.
      }
    }
  }

  /** What was done before may be done again from here on. */
  public void crashed() {
    table.move(FRESH, BEFORE);
    several.values().forEach(Settled::crashed);
  }

  /** A line that is no event. */
  public void damagedLine() {
    count("damaged lines");
  }

  /** Files of the log that are missing between others. */
  public void gap(long files) {
    count("missing files", files);
  }

  private void returned(long id, int place, EventLine line) {
    BitSet which = Ranges.parse(line.word("which"));
    if (which == null) {
      set(place, UNSURE);
      return;
    }
    which.stream().forEach(recipient -> settle(id, place, recipient));
  }

  private void settle(long id, int place, int recipient) {
    int recipients = table.count(place);
    if (recipients == 0) {
      // Accepted before the log begins.
      return;
    }
    if (recipient < 0 || recipient >= recipients) {
      find(id, "recipient " + recipient + " of " + recipients + " is done: there is none");
      return;
    }
    if (isEnded(table.state(place))) {
      afterEnd(id, place, recipient);
      return;
    }
    Settled.News news;
    if (recipients == 1) {
      int state = table.state(place);
      news =
          (state & FRESH) != 0
              ? Settled.News.DOUBLE
              : (state & BEFORE) != 0 ? Settled.News.REPEATED : Settled.News.FIRST;
      set(place, SETTLED | FRESH);
    } else {
      news = several.computeIfAbsent(id, _ -> new Settled()).settle(recipient);
    }
    switch (news) {
      case FIRST -> count("settled");
      case REPEATED -> count("repeated");
      case DOUBLE ->
          find(id, "recipient " + recipient + " was served twice, without a crash between");
    }
  }

  /** Only what an administrator took away in mid-delivery may still arrive. */
  private void afterEnd(long id, int place, int recipient) {
    if ((table.state(place) & TAKEN_AWAY) == 0) {
      find(id, "recipient " + recipient + " was served after the message had ended");
    }
  }

  private void end(long id, int place, EventLine line) {
    String how = line.word("how");
    count("end " + how);
    add(place, ENDED_SHIFT);
    boolean everybody = how.equals("delivered") || how.equals("returned");
    if (!everybody) {
      set(place, TAKEN_AWAY);
    }
    int recipients = table.count(place);
    int done = settledCount(id, place);
    if (everybody && recipients > 0 && done < recipients && (table.state(place) & UNSURE) == 0) {
      find(
          id,
          "ended as " + how + ", but of " + recipients + " recipients only " + done + " are done");
    }
    several.remove(id);
  }

  private void recovered(long id, int place, EventLine line) {
    String how = line.word("how");
    count("recovered " + how);
    int recipients = (int) line.number("recipients", 0);
    table.count(place, recipients);
    BitSet done = Ranges.parse(line.word("done"));
    if (done == null) {
      set(place, UNSURE);
      done = new BitSet();
    }
    switch (how) {
      case "found" -> {
        add(place, ACCEPTED_SHIFT);
        state(id, place, done);
      }
      case "back" -> {
        add(place, BACK_SHIFT);
        clear(place, FRESH | SETTLED | TAKEN_AWAY | GONE);
        set(place, BEFORE | (done.get(0) ? SETTLED : 0));
        if (recipients > 1) {
          several.computeIfAbsent(id, _ -> new Settled()).back(done, recipients);
        }
      }
      default -> state(id, place, done);
    }
  }

  private void state(long id, int place, BitSet done) {
    if (table.count(place) == 1) {
      set(place, done.get(0) ? SETTLED | BEFORE : 0);
    } else if (!done.isEmpty()) {
      several.computeIfAbsent(id, _ -> new Settled()).state(done);
    }
  }

  private int settledCount(long id, int place) {
    if (table.count(place) == 1) {
      return (table.state(place) & SETTLED) == 0 ? 0 : 1;
    }
    Settled settled = several.get(id);
    return settled == null ? 0 : settled.count();
  }

  private void add(int place, int shift) {
    int state = table.state(place);
    if ((state >> shift & MOST) < MOST) {
      table.state(place, state + (1 << shift));
    }
  }

  private void set(int place, int flags) {
    table.state(place, table.state(place) | flags);
  }

  private void clear(int place, int flags) {
    table.state(place, table.state(place) & ~flags);
  }

  private void find(long id, String reason) {
    findingCount++;
    if (findings.size() < MOST_FINDINGS) {
      findings.add(new Finding(new QueueId(id), reason));
    }
  }

  private void count(String what) {
    count(what, 1);
  }

  private void count(String what, long more) {
    counts.merge(what, more, Long::sum);
  }

  private static int counter(int state, int shift) {
    return state >> shift & MOST;
  }

  private static boolean isEnded(int state) {
    return counter(state, ENDED_SHIFT) > counter(state, BACK_SHIFT);
  }

  /**
   * What is wrong with a message.
   *
   * @param inQueue whether the spool has it
   * @return null if nothing is
   */
  public @Nullable String fault(QueueId id, boolean inQueue) {
    int place = table.find(id.micros());
    if (place < 0 && !inQueue) {
      return null;
    }
    int state = place < 0 ? 0 : table.state(place);
    int accepted = counter(state, ACCEPTED_SHIFT);
    int lives = counter(state, BACK_SHIFT) + 1;
    int ended = counter(state, ENDED_SHIFT);
    if (accepted == 0 && !mayPrecede(id)) {
      return inQueue ? "is in the queue, but was never accepted" : "ended, but was never accepted";
    }
    if (accepted > 1) {
      return "was accepted " + accepted + " times";
    }
    if (ended > lives) {
      return "ended " + ended + " times";
    }
    if (ended == lives && inQueue) {
      return "ended, but is in the queue";
    }
    if (ended < lives && !inQueue) {
      return "was accepted, but is neither in the queue nor has it ended";
    }
    if ((state & GONE) != 0 && (state & DAMAGED) != 0) {
      return "is missing because the spool was damaged: look into spool/quarantine";
    }
    return null;
  }

  /** Whether the log alone says what cannot be, wherever the message is. */
  public boolean contradictsItself(QueueId id) {
    int place = table.find(id.micros());
    int state = place < 0 ? 0 : table.state(place);
    return counter(state, ACCEPTED_SHIFT) > 1
        || counter(state, ENDED_SHIFT) > counter(state, BACK_SHIFT) + 1;
  }

  /** Whether a message may have been accepted before the log begins: an id is a time. */
  boolean mayPrecede(QueueId id) {
    Instant first = begin;
    return first == null
        || id.time().isBefore(complete ? first : first.plusSeconds(DISORDER_SECONDS));
  }

  boolean knows(QueueId id) {
    return table.find(id.micros()) >= 0;
  }

  /** Whether a message is known and has not ended. */
  boolean isOpen(QueueId id) {
    int place = table.find(id.micros());
    return place >= 0 && !isEnded(table.state(place));
  }

  /** Whether the log says less of a message's recipients than the spool. */
  boolean isBehind(QueueId id, int pending) {
    int place = table.find(id.micros());
    int recipients = place < 0 ? 0 : table.count(place);
    return recipients - pending > (place < 0 ? 0 : settledCount(id.micros(), place));
  }

  /** All messages the log knows. */
  public long[] ids() {
    return table.ids();
  }

  /** How many messages the log knows. */
  public long size() {
    return table.size();
  }

  /** What was found on the way, the first thousand. */
  public List<Finding> findings() {
    return List.copyOf(findings);
  }

  /** All that was found on the way. */
  public long findingCount() {
    return findingCount;
  }

  /**
   * How often something was met.
   *
   * @param what accepted, settled, repeated, gone, start, crash, off, lost, damage, damaged lines,
   *     missing files, {@code end HOW} or {@code recovered HOW}
   */
  public long countOf(String what) {
    return counts.getOrDefault(what, 0L);
  }

  /** When the log begins; null if it is empty. */
  public @Nullable Instant begin() {
    return begin;
  }

  /** When the newest event was, as the log has it; empty if it is empty. */
  public String latest() {
    return latest;
  }

  /** Whether the last writer has said that it stopped. */
  public boolean isStopped() {
    return lastEvent.isEmpty() || lastEvent.equals("stop") || lastEvent.equals("off");
  }
}

package dev.postrider.cli;

import dev.postrider.event.EventLine;
import dev.postrider.event.EventReader;
import dev.postrider.spool.QueueId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Finds the events of a message and of all that are linked with it: notices about it, what an alias
 * or a requeue made of it, and what it came from. Streams over the log, once for the descendants
 * and once more for each generation of ancestors. For one thread.
 */
final class TraceSearch {
  static final int MOST_LINES = 20_000;
  static final int MOST_MESSAGES = 200;

  /** One message made another: a notice, a forwarded or a requeued one. */
  record Link(QueueId parent, QueueId child, String kind) {}

  private final Path queueDirectory;
  private final String messageId;
  private final TreeSet<QueueId> wanted = new TreeSet<>();
  private final Map<QueueId, Link> links = new LinkedHashMap<>();
  private final List<EventLine> lines = new ArrayList<>();
  private boolean cut;

  private TraceSearch(Path queueDirectory, String messageId) {
    this.queueDirectory = queueDirectory;
    this.messageId = messageId;
  }

  /** Searches for a queue id in either form, or a Message-ID with or without its brackets. */
  static TraceSearch of(Path queueDirectory, String text) throws IOException {
    String messageId = text.startsWith("<") ? text : "<" + text + ">";
    TraceSearch search = new TraceSearch(queueDirectory, messageId);
    Optional<QueueId> id = QueueId.parse(text);
    id.ifPresent(search.wanted::add);
    // A message cannot have events before the moment it is named after.
    search.read(id.map(QueueId::time).orElse(Instant.MIN));
    search.ancestors();
    return search;
  }

  private void ancestors() throws IOException {
    int before;
    do {
      before = wanted.size();
      for (Link link : links.values()) {
        if (wanted.contains(link.child()) && wanted.size() < MOST_MESSAGES) {
          wanted.add(link.parent());
        }
      }
      if (wanted.size() > before) {
        read(wanted.first().time());
      }
    } while (wanted.size() > before);
  }

  private void read(Instant since) throws IOException {
    lines.clear();
    cut = false;
    new EventReader(queueDirectory).read(this::take, since);
  }

  private void take(EventLine line) {
    Optional<QueueId> id = line.id();
    if (id.isEmpty()) {
      return;
    }
    boolean accepted = line.is("event", "accepted");
    if (accepted) {
      accepted(id.get(), line);
    }
    if (wanted.contains(id.get())) {
      if (lines.size() < MOST_LINES) {
        lines.add(line.copy());
      } else {
        cut = true;
      }
    }
  }

  /** A child is accepted after its parent, so that one look at each line finds all descendants. */
  private void accepted(QueueId id, EventLine line) {
    String of = line.word("of");
    Optional<QueueId> parent = of.isEmpty() ? Optional.empty() : QueueId.parse(of);
    boolean known = wanted.contains(id);
    boolean asked = !known && line.word("message_id").equals(messageId);
    boolean child = parent.isPresent() && wanted.contains(parent.get());
    if (!known && (asked || child)) {
      if (wanted.size() >= MOST_MESSAGES) {
        cut = true;
        return;
      }
      wanted.add(id);
    }
    if (parent.isPresent() && (known || asked || child)) {
      links.put(id, new Link(parent.get(), id, line.word("from")));
    }
  }

  /** Those that something is known of, oldest first. */
  List<QueueId> messages() {
    TreeSet<QueueId> known = new TreeSet<>();
    lines.forEach(line -> line.id().ifPresent(known::add));
    return List.copyOf(known);
  }

  List<EventLine> lines() {
    return List.copyOf(lines);
  }

  List<EventLine> linesOf(QueueId id) {
    return lines.stream().filter(line -> line.id().equals(Optional.of(id))).toList();
  }

  List<Link> links() {
    return List.copyOf(links.values());
  }

  /** Whether there was more than is kept. */
  boolean isCut() {
    return cut;
  }
}

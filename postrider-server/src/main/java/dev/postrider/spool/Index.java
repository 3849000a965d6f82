package dev.postrider.spool;

import java.util.Collection;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** The messages in the queue by id, which is by age. Safe on any thread. */
final class Index {
  private final ConcurrentSkipListMap<Long, Entry> entries = new ConcurrentSkipListMap<>();

  void add(Entry entry) {
    entries.put(entry.id, entry);
  }

  @Nullable Entry find(long id) {
    return entries.get(id);
  }

  /** Returns false if it was removed before. */
  boolean remove(Entry entry) {
    return entries.remove(entry.id, entry);
  }

  Collection<Entry> all() {
    return entries.values();
  }
}

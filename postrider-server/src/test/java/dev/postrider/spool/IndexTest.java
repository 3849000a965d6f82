package dev.postrider.spool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.io.CrashDisk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The index against a map that is known to be right. */
class IndexTest {
  private static final Segment SEGMENT =
      new Segment(new SegmentHeader(1, 1, 0, 0, 0, 0), Path.of("/spool"), new CrashDisk(1));

  private static Entry entry(long id) {
    return new Entry(id, new Entry.MessageSize(10, false, 10, 1), SEGMENT, 64, 0);
  }

  private static void same(Index index, TreeMap<Long, Entry> model, long seed) {
    assertThat(index.all()).as("seed %d", seed).containsExactlyElementsOf(model.values());
  }

  @Test
  void doesAnythingInAnyOrderAsAMapDoes() {
    for (long seed = 1; seed <= 20; seed++) {
      Random random = new Random(seed);
      Index index = new Index();
      TreeMap<Long, Entry> model = new TreeMap<>();
      // Mostly new messages at the end, as a queue has it; some out of order; many that go.
      long last = 1_000;
      for (int i = 0; i < 20_000; i++) {
        int what = random.nextInt(10);
        if (what < 5) {
          last += 1 + random.nextInt(3);
          Entry added = entry(last);
          index.add(added);
          model.put(last, added);
        } else if (what < 7) {
          Entry added = entry(random.nextLong(last + 1));
          index.add(added);
          model.put(added.id, added);
        } else {
          Long id = model.floorKey(random.nextLong(last + 1));
          if (id != null) {
            Entry found = index.find(id);
            assertThat(found).as("seed %d", seed).isSameAs(model.remove(id));
            assertThat(index.remove(entry(id))).isFalse();
            assertThat(index.remove(found)).isTrue();
            assertThat(index.remove(found)).isFalse();
            assertThat(index.find(id)).isNull();
          }
        }
      }
      same(index, model, seed);
      List<Entry> rest = new ArrayList<>(model.values());
      for (Entry each : rest) {
        assertThat(index.remove(each)).isTrue();
      }
      assertThat(index.all()).isEmpty();
    }
  }
}
